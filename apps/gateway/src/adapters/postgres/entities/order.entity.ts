import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrderStatus, OrderView } from '../../../domain/order-view.js';

/** One order as the gateway knows it: a lock and a counter for its timeline, and the fold of that timeline. */
@Entity({ name: 'orders' })
export class OrderEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'customer_id', type: 'text', nullable: true })
  customerId!: string | null;

  @Column({ name: 'last_position', type: 'integer' })
  lastPosition!: number;

  @Column({ type: 'text' })
  status!: OrderStatus;

  @Column({ type: 'jsonb', nullable: true })
  view!: OrderView | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}

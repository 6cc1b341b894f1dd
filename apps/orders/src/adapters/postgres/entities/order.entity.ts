import { safeInteger } from '@dozen/database';
import type { RejectionReason } from '@dozen/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PricedItem, RequestedItem } from '../../../domain/items.js';
import type { Order } from '../../../domain/order.js';

@Entity({ name: 'orders' })
export class OrderEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  status!: Order['status'];

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text', name: 'content_hash' })
  contentHash!: string;

  @Column({ type: 'text', name: 'customer_id' })
  customerId!: string;

  @Column({ type: 'text', name: 'customer_email' })
  customerEmail!: string;

  @Column({ type: 'text', name: 'customer_locale' })
  customerLocale!: string;

  /** With prices when the order was placed, as requested when it was refused. */
  @Column({ type: 'jsonb' })
  items!: (RequestedItem | PricedItem)[];

  /** Minor units. */
  @Column({ type: 'bigint', name: 'total_amount', nullable: true, transformer: safeInteger })
  totalAmount!: number | null;

  @Column({ type: 'text', name: 'total_currency', nullable: true })
  totalCurrency!: string | null;

  @Column({ type: 'text', name: 'rejection_reason', nullable: true })
  rejectionReason!: RejectionReason | null;

  @Column({ type: 'text', name: 'rejection_detail', nullable: true })
  rejectionDetail!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', insert: false })
  updatedAt!: Date;
}

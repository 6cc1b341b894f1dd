import { safeInteger } from '@dozen/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InvoiceLine } from '../../../domain/invoice.js';

@Entity({ name: 'invoice' })
export class InvoiceEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'order_id' })
  orderId!: string;

  @Column({ type: 'text', name: 'customer_id' })
  customerId!: string;

  @Column({ type: 'jsonb' })
  lines!: InvoiceLine[];

  /** Minor units. */
  @Column({ type: 'bigint', transformer: safeInteger })
  amount!: number;

  @Column({ type: 'text' })
  currency!: string;
}

import type { VoidReason } from '@dozen/contracts';
import { safeInteger } from '@dozen/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PaymentState } from '../../../domain/payment-table.js';

@Entity({ name: 'payment' })
export class PaymentEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'order_id' })
  orderId!: string;

  @Column({ type: 'uuid', name: 'invoice_id' })
  invoiceId!: string;

  /** Minor units. */
  @Column({ type: 'bigint', transformer: safeInteger })
  amount!: number;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'text' })
  state!: PaymentState;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text', name: 'payment_token', nullable: true })
  paymentToken!: string | null;

  @Column({ type: 'text', name: 'provider_reference', nullable: true })
  providerReference!: string | null;

  @Column({ type: 'text', name: 'decline_reason', nullable: true })
  declineReason!: string | null;

  @Column({ type: 'text', name: 'given_up_for', nullable: true })
  voidReason!: VoidReason | null;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

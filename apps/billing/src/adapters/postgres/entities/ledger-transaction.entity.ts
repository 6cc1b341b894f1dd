import { Entity, PrimaryColumn } from 'typeorm';
import type { Booking } from '../../../domain/ledger.js';

@Entity({ name: 'ledger_transaction' })
export class LedgerTransactionEntity {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId!: string;

  @PrimaryColumn({ type: 'text' })
  booking!: Booking;
}

import { safeInteger } from '@dozen/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Booking, LedgerAccount } from '../../../domain/ledger.js';

@Entity({ name: 'ledger_entry' })
export class LedgerEntryEntity {
  @PrimaryColumn({ type: 'uuid', name: 'payment_id' })
  paymentId!: string;

  @PrimaryColumn({ type: 'text' })
  booking!: Booking;

  /** From 1, in the order of the booking. */
  @PrimaryColumn({ type: 'smallint' })
  position!: number;

  @Column({ type: 'text' })
  account!: LedgerAccount;

  /** Minor units; debits are positive, credits negative. */
  @Column({ type: 'bigint', transformer: safeInteger })
  amount!: number;

  @Column({ type: 'text' })
  currency!: string;
}

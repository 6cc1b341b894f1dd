import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { Ledger } from '../../application/ports.js';
import type { LedgerTransaction } from '../../domain/ledger.js';
import { LedgerEntryEntity } from './entities/ledger-entry.entity.js';
import { LedgerTransactionEntity } from './entities/ledger-transaction.entity.js';

@Injectable()
export class PostgresLedger extends Ledger {
  async book({ manager }: UnitOfWork, { paymentId, booking, entries }: LedgerTransaction): Promise<void> {
    await manager.insert(LedgerTransactionEntity, { paymentId, booking });
    // One statement: the database checks after each that what it added sums to zero.
    await manager.insert(
      LedgerEntryEntity,
      entries.map(({ account, amount }, index) => ({ paymentId, booking, position: index + 1, account, ...amount })),
    );
  }
}

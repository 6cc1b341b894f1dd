import { batched, columns, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { Ledger } from '../../application/ports.js';
import type { LedgerTransaction } from '../../domain/ledger.js';

const BOOK = 'INSERT INTO ledger_transaction (payment_id, booking) SELECT * FROM unnest($1::uuid[], $2::text[])';
/** One statement for all entries of a booking: the database checks after each that what it added sums to zero. */
const ENTER = `
  INSERT INTO ledger_entry (payment_id, booking, position, account, amount, currency)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::text[])`;

const book = batched(async (manager, all: readonly LedgerTransaction[]) => {
  const entries = all.flatMap(({ paymentId, booking, entries: of }) =>
    of.map(({ account, amount: { amount, currency } }, index) => [
      paymentId,
      booking,
      index + 1,
      account,
      amount,
      currency,
    ]),
  );
  await Promise.all([
    manager.query(BOOK, columns(all.map(({ paymentId, booking }) => [paymentId, booking]))),
    manager.query(ENTER, columns(entries)),
  ]);
  return [];
});

@Injectable()
export class PostgresLedger extends Ledger {
  async book({ manager }: UnitOfWork, transaction: LedgerTransaction): Promise<void> {
    await book(manager, transaction);
  }
}

import { inPages } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import type { Books } from '../../application/reconcile.js';
import type { PaymentState } from '../../domain/payment-table.js';
import type { BookedPayment } from '../../domain/reconciliation.js';

const PAGE = 1_000;
const READ = `
  SELECT p.id, p.order_id, p.state, p.amount, p.currency,
         (SELECT coalesce(sum(e.amount), 0) FROM ledger_entry AS e
          WHERE e.payment_id = p.id AND e.account = 'provider_clearing') AS cleared
  FROM payment AS p`;

interface Row {
  readonly id: string;
  readonly order_id: string;
  readonly state: PaymentState;
  readonly amount: string;
  readonly currency: string;
  readonly cleared: string;
}

/** Reads payments, each with its balance in the ledger. */
export class PostgresBooks implements Books {
  constructor(private readonly dataSource: DataSource) {}

  /** In the order of their ids, that is, of time. */
  payments(): AsyncIterable<BookedPayment> {
    return inPages(async (last?: BookedPayment) => {
      const after = last?.id ?? '00000000-0000-0000-0000-000000000000';
      const rows: Row[] = await this.dataSource.query(`${READ} WHERE p.id > $1 ORDER BY p.id LIMIT ${PAGE}`, [after]);
      return rows.map(toPayment);
    });
  }

  async payment(id: string): Promise<BookedPayment | undefined> {
    const [row]: Row[] = await this.dataSource.query(`${READ} WHERE p.id = $1`, [id]);
    return row && toPayment(row);
  }
}

function toPayment({ id, order_id: orderId, state, amount, currency, cleared }: Row): BookedPayment {
  return { id, orderId, state, amount: { amount: Number(amount), currency }, cleared: Number(cleared) };
}

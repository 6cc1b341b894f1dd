import type { Sandbox } from '../sandbox.js';

/** What handlers did, counted from outside, one per message. */
export interface Effects {
  /** For looking again and again while others work. */
  read(sandbox: Sandbox): Promise<number>;
  /** Before a run. */
  reset(sandbox: Sandbox): Promise<void>;
  /** After a run: rolled-back attempts are not among them. */
  count(sandbox: Sandbox): Promise<number>;
}

/** Handlers that publish one event: the outbox's sequence costs nothing to read, counting rows would. */
export const events: Effects = {
  async read({ dataSource }) {
    const [row]: { last: string; called: boolean }[] = await dataSource.query(
      'SELECT last_value AS last, is_called AS called FROM messaging.outbox_seq_seq',
    );
    return row?.called === true ? Number(row.last) : 0;
  },
  async reset({ dataSource }) {
    await dataSource.query('TRUNCATE messaging.outbox');
  },
  async count({ dataSource }) {
    const [row]: { count: number }[] = await dataSource.query('SELECT count(*)::int AS count FROM messaging.outbox');
    return row?.count ?? 0;
  },
};

/** Handlers that only update: each message is worth 1. */
export const balances: Effects = {
  read: sumOfBalances,
  async reset({ dataSource }) {
    await dataSource.query('UPDATE account SET balance = 0');
    await dataSource.query('VACUUM ANALYZE account');
  },
  count: sumOfBalances,
};

async function sumOfBalances({ dataSource }: Sandbox): Promise<number> {
  const [row]: { sum: number }[] = await dataSource.query('SELECT coalesce(sum(balance), 0)::int AS sum FROM account');
  return row?.sum ?? 0;
}

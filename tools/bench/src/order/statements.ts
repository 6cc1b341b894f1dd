import type { Backing } from '@dozen/backing';
import pg from 'pg';

/** What the server has done for one text of a statement since the last reset. */
export interface StatementCost {
  readonly database: string;
  /** As pg_stat_statements has it: constants are parameters. */
  readonly text: string;
  readonly calls: number;
  /** ms, of all calls. */
  readonly executing: number;
  /** ms, of all calls. */
  readonly planning: number;
}

export interface ServerWork {
  /** Of clients, in the order of what they took. */
  readonly statements: readonly StatementCost[];
  /** Transactions that ended, each statement outside of one included. */
  readonly transactions: number;
  /** Of the write-ahead log. */
  readonly fsyncs: number;
}

const STATEMENTS = `
  SELECT datname AS database, query AS text, calls::int, total_exec_time AS executing, total_plan_time AS planning
  FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid
  WHERE toplevel AND datname <> current_database()
  ORDER BY total_exec_time + total_plan_time DESC`;
const TOTALS = `
  SELECT (SELECT sum(xact_commit + xact_rollback)::int FROM pg_stat_database WHERE datname <> current_database())
           AS transactions,
         (SELECT sum(fsyncs)::int FROM pg_stat_io WHERE object = 'wal') AS fsyncs`;

/** Counts what PostgreSQL does, by pg_stat_statements. Its own questions are of another database, and not counted. */
export class StatementMeter {
  private constructor(private readonly client: pg.Client) {}

  /** Restarts the server, which loads the extension at its start alone. @throws when the server is not this run's own. */
  static async install({ postgres }: Backing): Promise<StatementMeter> {
    const before = new pg.Client({ connectionString: postgres.adminUrl });
    await before.connect();
    await before.query("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
    await before.query("ALTER SYSTEM SET pg_stat_statements.track_planning = 'on'");
    await before.end();
    await postgres.restart();
    const client = new pg.Client({ connectionString: postgres.adminUrl });
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    return new StatementMeter(client);
  }

  /** What the server does while `work` runs. */
  async during(work: () => Promise<unknown>): Promise<ServerWork> {
    await this.client.query('SELECT pg_stat_statements_reset()');
    const before = await this.#totals();
    await work();
    const after = await this.#totals();
    const { rows } = await this.client.query<StatementCost>(STATEMENTS);
    return {
      statements: rows,
      transactions: after.transactions - before.transactions,
      fsyncs: after.fsyncs - before.fsyncs,
    };
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  async #totals(): Promise<Pick<ServerWork, 'transactions' | 'fsyncs'>> {
    await this.client.query('SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
    const { rows } = await this.client.query<Pick<ServerWork, 'transactions' | 'fsyncs'>>(TOTALS);
    const [totals] = rows;
    if (totals === undefined) throw new TypeError('PostgreSQL counts nothing');
    return totals;
  }
}

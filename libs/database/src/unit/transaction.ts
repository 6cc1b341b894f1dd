import { type DozenError } from '@dozen/kernel';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { databaseError } from '../errors.js';
import { sqlStateOf } from '../sqlstate.js';
import type { Statement } from './outbox-port.js';
import { defaultUnitPolicy, serverGraceMs, type UnitPolicy } from './policy.js';

/** The part of a checked-out `pg` client that a transaction needs beyond TypeORM. */
interface PgClient {
  query(text: string, values?: readonly unknown[]): Promise<{ command: string }>;
  on(event: 'error', listener: (error: Error) => void): void;
  removeListener(event: 'error', listener: (error: Error) => void): void;
  readonly connection: { readonly stream: { destroy(error: Error): void } };
}

/** An open transaction with a deadline. End it once, by `commit`, `rollback` or `destroy`. */
export interface OpenTransaction {
  readonly manager: EntityManager;
  /** Aborted when the transaction ends before its owner ended it; `reason` is UOW-DEADLINE or DB-CONNECTION-LOST. */
  readonly signal: AbortSignal;
  /**
   * `last` is sent together with COMMIT; if it fails, nothing is committed, and its error is thrown.
   * @throws UOW-ABORTED when a statement had failed (PostgreSQL answers COMMIT with ROLLBACK and no error);
   * UOW-DEADLINE or DB-CONNECTION-LOST when the answer never came: then the outcome is unknown.
   */
  commit(last?: Statement): Promise<void>;
  /** Never throws: a connection that cannot roll back is destroyed. Does nothing after the end. */
  rollback(): Promise<void>;
  /** Ends the connection instead of returning it to the pool; PostgreSQL rolls back. Does nothing after the end. */
  destroy(reason: Error): void;
}

export type TransactionOptions = Partial<UnitPolicy>;

/**
 * BEGIN with limits on both sides: `deadlineMs` here, and on the server `transaction_timeout` one second later,
 * `lock_timeout` and `idle_in_transaction_session_timeout`. Past the deadline the connection is destroyed, never
 * returned to the pool. A statement after the end, also through a repository kept from before, throws UOW-CLOSED.
 */
export async function openTransaction(
  dataSource: DataSource,
  options: TransactionOptions = {},
): Promise<OpenTransaction> {
  return (await openTransactionWith(dataSource, options, () => Promise.resolve())).tx;
}

/**
 * The same, and `first` sends the first statements together with BEGIN, in one piece. Should BEGIN fail, they run outside of
 * a transaction: so one that writes has IN_TRANSACTION in its condition. Their answers, or errors, are `answers`.
 */
export async function openTransactionWith<T>(
  dataSource: DataSource,
  options: TransactionOptions,
  first: (manager: EntityManager) => Promise<T>,
): Promise<{ tx: OpenTransaction; answers: Promise<T> }> {
  const policy = { ...defaultUnitPolicy, ...options };
  const runner = dataSource.createQueryRunner();
  const client = (await runner.connect()) as PgClient;
  const tx = new PgTransaction(runner, client, policy.deadlineMs);
  const begun = tx.begin(policy);
  const answers = first(tx.manager);
  // A caller that awaits the answer sees the error. After a BEGIN that failed nobody does.
  answers.catch(() => undefined);
  try {
    await begun;
  } catch (error) {
    await tx.rollback();
    throw tx.signal.aborted ? tx.signal.reason : error;
  }
  return { tx, answers };
}

/** True in a transaction that `openTransaction` or `openTransactionWith` has begun, and nowhere else. */
export const IN_TRANSACTION = "current_setting('dozen.in_transaction', true) = 'on'";

/** The values are integers that this process made, so they may stand in the text. */
function limitsSql(policy: UnitPolicy): string {
  const millis = (value: number): number => Math.max(1, Math.round(value));
  return [
    `SET LOCAL transaction_timeout = ${millis(policy.deadlineMs + serverGraceMs)}`,
    `SET LOCAL lock_timeout = ${millis(policy.lockTimeoutMs)}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${millis(policy.idleInTransactionMs)}`,
    `SET LOCAL dozen.in_transaction = 'on'`,
  ].join(';');
}

class PgTransaction implements OpenTransaction {
  readonly manager: EntityManager;
  readonly #runner: QueryRunner;
  readonly #client: PgClient;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #open = true;
  /** The connection is back in the pool: from then on it is somebody else's. */
  #released = false;

  constructor(runner: QueryRunner, client: PgClient, deadlineMs: number) {
    this.#runner = runner;
    this.#client = client;
    this.manager = this.#guardedManager(runner);
    client.on('error', this.#onLost);
    this.#timer = setTimeout(() => {
      this.destroy(databaseError('UOW-DEADLINE', `the unit of work took longer than ${deadlineMs} ms`));
    }, deadlineMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * BEGIN and the limits in one round trip, where TypeORM's startTransaction() takes one for BEGIN alone. What that
   * would note in the runner is noted here: a transaction inside this one is then a savepoint.
   */
  async begin(policy: UnitPolicy): Promise<void> {
    Object.assign(this.#runner, { isTransactionActive: true, transactionDepth: 1 });
    // The statement does not go through the runner, which would send it a moment later: nothing may come before it.
    await this.#client.query(`START TRANSACTION;${limitsSql(policy)}`);
  }

  async commit(last?: Statement): Promise<void> {
    this.#assertOpen();
    // From here on a stray statement is refused. Statements already sent stand before COMMIT in the pipeline.
    this.#open = false;
    // Not commitTransaction(): TypeORM drops the command tag, the only sign that COMMIT did not commit.
    const [written, ended] = await Promise.allSettled([
      last && this.#client.query(last.text, last.values),
      this.#client.query('COMMIT'),
    ]);
    if (ended.status === 'rejected') {
      await this.#afterFailedEnd(ended.reason);
      throw this.signal.aborted ? this.signal.reason : ended.reason;
    }
    await this.#release();
    if (written.status === 'rejected') throw written.reason;
    const { command } = ended.value;
    if (command !== 'COMMIT') throw databaseError('UOW-ABORTED', `PostgreSQL answered COMMIT with ${command}`);
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.#client.query('ROLLBACK');
    } catch (error) {
      await this.#afterFailedEnd(error);
      return;
    }
    await this.#release();
  }

  destroy(reason: Error): void {
    this.#open = false;
    this.#discard(reason);
  }

  /** A deferred constraint refuses COMMIT and leaves a good connection; anything else leaves one of unknown state. */
  async #afterFailedEnd(error: unknown): Promise<void> {
    if (!this.signal.aborted && sqlStateOf(error)?.startsWith('23')) await this.#release();
    else this.#discard(lost(error));
  }

  readonly #onLost = (error: Error): void => {
    this.#open = false;
    this.#end(lost(error));
  };

  /**
   * The manager's query runner is a view of the real one: it refuses statements once the transaction is over, with the
   * reason. TypeORM itself would throw QueryRunnerProviderAlreadyReleasedError, which says nothing of a deadline or a
   * lost connection, so that a message could be blamed for them.
   */
  #guardedManager(runner: QueryRunner): EntityManager {
    const run = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const query = async (...args: unknown[]): Promise<unknown> => {
      this.#assertOpen();
      return run(...args);
    };
    const view = Object.create(runner, { query: { value: query }, isReleased: { value: false } }) as QueryRunner;
    const manager = runner.dataSource.createEntityManager(view);
    return Object.defineProperty(view, 'manager', { value: manager }).manager;
  }

  #assertOpen(): void {
    if (this.signal.aborted) {
      throw databaseError('UOW-CLOSED', 'the transaction is closed', { cause: this.signal.reason });
    }
    if (!this.#open) throw databaseError('UOW-CLOSED', 'the transaction has ended');
  }

  /**
   * Destroys the socket. pg then rejects what is in flight and emits 'error' on the client, on which TypeORM releases
   * it to the pool with that error, and the pool drops it. release(error) alone would not do: with `pipeline`, pg's
   * end() waits for the statements in flight.
   */
  #discard(reason: Error): void {
    if (this.#released || this.signal.aborted) return;
    this.#end(reason);
    this.#client.connection.stream.destroy(reason);
  }

  #end(reason: Error): void {
    clearTimeout(this.#timer);
    if (!this.signal.aborted) this.#abort.abort(reason);
  }

  async #release(): Promise<void> {
    if (this.signal.aborted) return;
    this.#released = true;
    clearTimeout(this.#timer);
    this.#client.removeListener('error', this.#onLost);
    await this.#runner.release();
  }
}

function lost(error: unknown): DozenError {
  return databaseError('DB-CONNECTION-LOST', 'the connection ended under an open transaction', { cause: error });
}

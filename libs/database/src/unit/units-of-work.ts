import { messageOf } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import { writeBatches } from './batch-writer.js';
import type { OutboxPort, OutgoingMessage } from './outbox-port.js';
import { defaultUnitPolicy, type UnitPolicy } from './policy.js';
import { openTransaction } from './transaction.js';
import { UnitOfWork } from './unit-of-work.js';

export interface UnitsOfWorkOptions {
  readonly dataSource: DataSource;
  readonly outbox: OutboxPort;
  readonly policy?: Partial<UnitPolicy>;
  /** Gets what an `afterCommit` hook threw: the unit is committed all the same. Default: a process warning. */
  readonly onHookError?: (error: unknown) => void;
}

/** Runs units of work, one transaction each. */
export class UnitsOfWork {
  readonly #dataSource: DataSource;
  readonly #outbox: OutboxPort;
  readonly #policy: UnitPolicy;
  readonly #onHookError: (error: unknown) => void;

  constructor(options: UnitsOfWorkOptions) {
    this.#dataSource = options.dataSource;
    this.#outbox = options.outbox;
    this.#policy = { ...defaultUnitPolicy, ...options.policy };
    this.#onHookError =
      options.onHookError ??
      ((error) => {
        process.emitWarning(`an afterCommit hook failed: ${messageOf(error)}`);
      });
  }

  /**
   * BEGIN, `work`, its buffered writes, the outbox, COMMIT, the hooks. Whatever `work` throws rolls all of it back and is rethrown.
   * `deadlineMs` replaces the policy's, and counts from BEGIN to the end of COMMIT.
   * @throws UOW-DEADLINE past the deadline (also while `work` still runs: it must not be waited for), and the codes of
   * `OpenTransaction.commit`. `isInfrastructureError` tells whether another attempt makes sense.
   */
  async run<T>(work: (unit: UnitOfWork) => Promise<T>, options: { deadlineMs?: number } = {}): Promise<T> {
    const transaction = await openTransaction(this.#dataSource, { ...this.#policy, ...options });
    const { manager, signal } = transaction;
    const unit = new UnitOfWork({ manager, signal });
    let result: T;
    let published: readonly OutgoingMessage[];
    try {
      result = await untilAborted(work(unit), signal);
      published = unit.drain();
      await untilAborted(writeBatches(manager, unit.drainWrites()), signal);
      await transaction.commit(published.length > 0 ? this.#outbox.statementOf(published) : undefined);
    } catch (error) {
      unit.drain();
      await transaction.rollback();
      throw error;
    }
    if (published.length > 0) this.#hook(() => this.#outbox.committed(published));
    for (const hook of unit.drainHooks()) this.#hook(hook);
    return result;
  }

  #hook(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.#onHookError(error);
    }
  }
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).then(settled, settled);
  });
}

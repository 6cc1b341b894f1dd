import { AsyncLocalStorage } from 'node:async_hooks';
import type { PgBoss } from 'pg-boss';
import { databaseError } from '../errors.js';
import type { UnitOfWork } from '../unit/unit-of-work.js';
import type { UnitsOfWork } from '../unit/units-of-work.js';
import { bossDb } from './boss-db.js';
import type { HeldJob } from './held-job.js';
import { jobsPolicy } from './policy.js';
import type { Settle } from './queue.js';

interface Waiting {
  readonly held: HeldJob;
  readonly settle: Settle;
  /** Runs the work in the trace of its attempt. */
  readonly inContext: <T>(work: () => T) => T;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Settles attempts, one transaction at a time, with all that wait by then: the busier, the more of them share a COMMIT. What
 * fails for several says nothing about any of them: from then on each of them has a transaction of its own.
 *
 * In one transaction no lock keeps two of them apart, so queues settle one after the other, and the jobs of a queue side by
 * side: their keys differ. By key, so that two processes lock their rows in the same order.
 */
export class Settlements {
  readonly #boss: PgBoss;
  readonly #units: UnitsOfWork;
  readonly #alone = new WeakSet<HeldJob>();
  #waiting: Waiting[] = [];
  #running = false;

  constructor({ boss, units }: { boss: PgBoss; units: UnitsOfWork }) {
    this.#boss = boss;
    this.#units = units;
  }

  /** Resolves when the job is done and what came of it is written. @throws JOB-LOST; what `settle` throws. */
  settle(held: HeldJob, settle: Settle): Promise<void> {
    const done = Promise.withResolvers<void>();
    const one = { held, settle, inContext: AsyncLocalStorage.snapshot(), done };
    if (this.#alone.has(held)) return this.#commit([one]);
    this.#waiting.push(one);
    if (!this.#running) void this.#run();
    return done.promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, jobsPolicy.settleTogether);
      try {
        await this.#commit(together);
        for (const { done } of together) done.resolve();
      } catch (error) {
        this.#separate(together, error);
      }
    }
    this.#running = false;
  }

  /** When several jobs share the transaction, each gets its own error if it is to blame. */
  #separate(failed: readonly Waiting[], error: unknown): void {
    for (const one of failed) {
      this.#alone.add(one.held);
      if (failed.length === 1) one.done.reject(error);
      else this.#commit([one]).then(one.done.resolve, one.done.reject);
    }
  }

  /** Completing comes first: it locks the jobs' rows, so that an expiry waits for the outcome, and finds them done. */
  async #commit(all: readonly Waiting[]): Promise<void> {
    await this.#units.run(async (unit) => {
      const byQueue = [...Map.groupBy(all.toSorted(byKey), ({ held }) => held.job.name)];
      await Promise.all(byQueue.map(([queue, waiting]) => this.#complete(unit, queue, waiting)));
      for (const [, waiting] of byQueue) {
        await Promise.all(waiting.map(({ settle, inContext }) => inContext(() => settle(unit))));
      }
    });
  }

  /** Deletes the jobs: what came of them is in the rows that the unit writes, and nobody reads jobs that are done. */
  async #complete(unit: UnitOfWork, queue: string, waiting: readonly Waiting[]): Promise<void> {
    const claims = waiting.map(({ held }) => held.claim);
    const response: object = await this.#boss.deleteJob(queue, claims, { db: bossDb(unit.manager) });
    // The declared type of the response is empty; it carries { jobs, requested, affected }.
    if ('affected' in response && response.affected === claims.length) return;
    throw databaseError('JOB-LOST', `not held by this worker any more: ${claims.map(({ id }) => id).join(', ')}`);
  }
}

function byKey({ held: { job: a } }: Waiting, { held: { job: b } }: Waiting): number {
  return (a.singletonKey ?? '').localeCompare(b.singletonKey ?? '', 'en');
}

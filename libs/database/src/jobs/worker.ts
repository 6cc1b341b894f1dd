import { createHash } from 'node:crypto';
import { backoff, DozenError, pause } from '@dozen/kernel';
import { errorType, inSpan, type Logger, recorder, spans, stopwatch } from '@dozen/telemetry';
import type { PgBoss } from 'pg-boss';
import type { DatabaseConfig } from '../data-source.js';
import { databaseError } from '../errors.js';
import { databaseMetrics } from '../metrics.js';
import type { ChangeNotifications } from '../change-notifications.js';
import { validate } from '../schema.js';
import { isInfrastructureError } from '../sqlstate.js';
import type { UnitsOfWork } from '../unit/units-of-work.js';
import { createBoss } from './boss.js';
import { Dispatcher } from './dispatcher.js';
import { DueLook } from './due-look.js';
import { openJob } from './envelope.js';
import type { HeldJob } from './held-job.js';
import { JOBS_SCHEMA, jobsPolicy } from './policy.js';
import type { JobHandler, Settle } from './queue.js';
import { Settlements } from './settlements.js';

/** Where pg-boss notifies, in the enqueuing transaction, that a queue has a job to do; the payload is the queue's name. */
const CHANNEL = `pgboss_${createHash('sha224').update(JOBS_SCHEMA).digest('hex').slice(0, 24)}`;

export interface JobWorkerOptions {
  readonly config: DatabaseConfig;
  readonly service: string;
  readonly logger: Logger;
  readonly notifications: ChangeNotifications;
  readonly units: UnitsOfWork;
}

/**
 * An attempt, and what a crash does at each step:
 * 1. pg-boss marks the job active and heartbeats begin. Crash → no heartbeat for 10 s → the next attempt, elsewhere.
 * 2. `perform`, the remote call. Crash → as above; the far side sees the same idempotency key again.
 * 3. one transaction: complete the job *if it is still this attempt's*, then `settle`. Crash → all of it or nothing.
 * A worker that lost its job in between (frozen, expired) completes nothing in step 3 and so settles nothing.
 */
export class JobWorker {
  readonly #boss: PgBoss;
  readonly #settlements: Settlements;
  readonly #logger: Logger;
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #notifications: ChangeNotifications;
  #dueLook: DueLook | undefined;
  #stopped = false;
  readonly #duration = recorder(databaseMetrics.jobDuration);

  constructor(options: JobWorkerOptions) {
    this.#logger = options.logger;
    this.#notifications = options.notifications;
    this.#boss = createBoss(options);
    this.#settlements = new Settlements({ boss: this.#boss, units: options.units });
  }

  /** @throws JOB-STATE when it was stopped meanwhile; pg-boss' own. */
  async start(handlers: readonly JobHandler[]): Promise<void> {
    await this.#boss.start();
    if (this.#stopped) throw databaseError('JOB-STATE', 'jobs were stopped while they started');
    for (const handler of handlers) {
      const options = { boss: this.#boss, logger: this.#logger, queue: handler.queue };
      const attempt = (held: HeldJob): Promise<void> => this.#attempt(handler, held);
      this.#dispatchers.set(handler.queue.name, new Dispatcher({ ...options, attempt }));
    }
    const onDue = (queue: string): void => this.#dispatchers.get(queue)?.wake();
    this.#dueLook = new DueLook({
      boss: this.#boss,
      logger: this.#logger,
      queues: [...this.#dispatchers.keys()],
      onDue,
    });
    // What was not heard is looked for soon.
    this.#notifications.listen(CHANNEL, {
      onNotification: onDue,
      onGap: () => [...this.#dispatchers.keys()].forEach(onDue),
    });
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#stopped = true;
    this.#dueLook?.stop();
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.stop(timeoutMs)));
    await this.#boss.stop({ graceful: false });
  }

  async #attempt(handler: JobHandler, held: HeldJob): Promise<void> {
    const { job, attempt, lastAttempt, signal } = held;
    const seconds = stopwatch();
    const ended = (outcome: string, error?: unknown): void => {
      const failed = error === undefined ? {} : { 'error.type': errorType(error) };
      this.#duration.record(seconds(), { 'dozen.queue': job.name, 'dozen.outcome': outcome, ...failed });
    };
    try {
      const { trace, data } = openJob(job.data);
      const attributes = { 'dozen.queue': job.name, 'dozen.job.id': job.id, 'dozen.job.attempt': attempt };
      await inSpan(spans.job, { name: `perform ${job.name}`, parent: trace, attributes }, async () => {
        const valid = validate(handler.queue.schema, data, 'JOB-SCHEMA', job.name);
        const settle = await handler.perform({ id: job.id, data: valid, attempt, lastAttempt, signal });
        await this.#settle(held, settle);
      });
      ended('completed');
    } catch (error) {
      if (signal.aborted || (error instanceof DozenError && error.code === 'JOB-LOST')) {
        ended('lost', error);
        this.#logger.warn({ ...held.fields, err: error }, 'jobs: the attempt was too slow; its result is dropped');
        return;
      }
      ended(lastAttempt ? 'dead' : 'failed', error);
      this.#logger[lastAttempt ? 'error' : 'warn']({ ...held.fields, err: error }, 'jobs: the attempt failed');
      await held.fail(error);
    }
  }

  /** While the database is away the answer is kept and offered again: another remote call would not be better. */
  async #settle(held: HeldJob, settle: Settle): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await this.#settlements.settle(held, settle);
        return;
      } catch (error) {
        if (!isInfrastructureError(error) || held.signal.aborted) throw error;
        this.#logger.warn({ ...held.fields, err: error }, 'jobs: the result waits for the database');
      }
      await pause(backoff(failures, jobsPolicy.settleRetry), held.signal);
    }
  }
}

import { createLogger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import {
  defineJob,
  installJobs,
  Jobs,
  ChangeNotifications,
  UnitsOfWork,
  type JobHandler,
  type JobQueue,
  type JobRun,
  type Settle,
} from '../../src/index.js';
import { createTestDatabase, TableOutbox, type TestDatabase } from './database.js';

const logger = createLogger({ service: 'under-test', release: 'test', level: 'silent' });
const schema = z.object({ n: z.int() });
export type Work = z.output<typeof schema>;
export interface Effect {
  readonly n: number;
  readonly attempt: number;
}

export function queueOf(name: string, policy: Partial<JobQueue<Work>> = {}): JobQueue<Work> {
  const usual = { retryLimit: 2, retryDelayS: 0, retryBackoff: false, expireInSeconds: 60, concurrency: 2 };
  return defineJob({ name, schema, ...usual, ...policy });
}

/** A database with queues, and a table that tells which attempts took effect. */
export class JobsBench {
  readonly units: UnitsOfWork;
  readonly producer: Jobs;
  readonly #started: Jobs[] = [];
  readonly #notifications: ChangeNotifications[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    this.units = new UnitsOfWork({ dataSource, outbox: new TableOutbox() });
    this.producer = this.newJobs();
  }

  static async create(queues: readonly JobQueue<Work>[]): Promise<JobsBench> {
    const database = await createTestDatabase();
    await database.query(TableOutbox.ddl);
    await database.query('CREATE TABLE effect (seq int GENERATED ALWAYS AS IDENTITY, queue text, n int, attempt int)');
    await Promise.all([1, 2].map(() => installJobs(database.config.DATABASE_URL, queues)));
    return new JobsBench(database, await database.open());
  }

  newJobs(config = this.database.config, notifications = this.#newNotifications()): Jobs {
    return new Jobs({ config, service: 'under-test', notifications, logger });
  }

  async serve(queue: JobQueue<Work>, perform: (job: JobRun<Work>) => Settle | Promise<Settle>): Promise<Jobs> {
    const notifications = this.#newNotifications();
    notifications.start();
    this.#notifications.push(notifications);
    const jobs = this.newJobs(this.database.config, notifications);
    this.#started.push(jobs);
    const handler: JobHandler<Work> = { queue, perform: async (job) => await perform(job) };
    await jobs.start([handler], this.units);
    return jobs;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((jobs) => jobs.stop(1_000)));
    await Promise.all(this.#notifications.splice(0).map((notifications) => notifications.stop()));
  }

  enqueue(queue: JobQueue<Work>, n: number): Promise<void> {
    return this.units.run((unit) => this.producer.enqueue(unit, queue, { n }));
  }

  #newNotifications(): ChangeNotifications {
    return new ChangeNotifications({ config: this.database.config, service: 'under-test', logger });
  }

  effects(queue: JobQueue<Work>): Promise<Effect[]> {
    return this.database.query('SELECT n, attempt FROM effect WHERE queue = $1 ORDER BY seq', [queue.name]);
  }

  async states(queue: JobQueue<Work>): Promise<string[]> {
    const sql = 'SELECT state FROM pgboss.job WHERE name = $1 ORDER BY created_on';
    const rows = await this.database.query<{ state: string }>(sql, [queue.name]);
    return rows.map(({ state }) => state);
  }
}

/** Settles by noting the attempt in the unit of the job. */
export function noting(queue: JobQueue<Work>, { data, attempt }: JobRun<Work>): Settle {
  return async (unit) => {
    const sql = 'INSERT INTO effect (queue, n, attempt) VALUES ($1, $2, $3)';
    await unit.manager.query(sql, [queue.name, data.n, attempt]);
  };
}

/** A handler without a remote call. */
export function noted(queue: JobQueue<Work>): (job: JobRun<Work>) => Settle {
  return (job) => noting(queue, job);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, currentTrace, newTrace, runWithTrace } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import {
  defineJob,
  failedJobs,
  installJobs,
  Jobs,
  missingQueues,
  UnitsOfWork,
  type JobHandler,
  type JobQueue,
  type JobRun,
  type Settle,
} from '../src/index.js';
import {
  createTestDatabase,
  eventually,
  Noted,
  rejection,
  TableOutbox,
  type TestDatabase,
} from './support/database.js';

const schema = z.object({ n: z.int() });
type Work = z.output<typeof schema>;
const queueOf = (name: string, policy: Partial<JobQueue<Work>> = {}): JobQueue<Work> =>
  defineJob({
    name,
    schema,
    retryLimit: 2,
    retryDelayS: 0,
    retryBackoff: false,
    expireInSeconds: 60,
    concurrency: 2,
    ...policy,
  });

const queues = {
  plain: queueOf('plain'),
  keyed: queueOf('keyed'),
  later: queueOf('later'),
  flaky: queueOf('flaky'),
  hopeless: queueOf('hopeless', { retryLimit: 1 }),
  slow: queueOf('slow', { expireInSeconds: 1, concurrency: 1, retryLimit: 5 }),
  away: queueOf('away'),
  leftover: queueOf('leftover', { concurrency: 1 }),
  unreadable: queueOf('unreadable', { retryLimit: 0 }),
  burst: queueOf('burst', { concurrency: 4 }),
};

const logger = createLogger({ service: 'under-test', release: 'test', level: 'silent' });
let database: TestDatabase;
let dataSource: DataSource;
let outbox: TableOutbox;
let units: UnitsOfWork;
let producer: Jobs;
const started: Jobs[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  await database.query(TableOutbox.ddl);
  await database.query('CREATE TABLE effect (seq int GENERATED ALWAYS AS IDENTITY, queue text, n int, attempt int)');
  outbox = new TableOutbox();
  units = new UnitsOfWork({ dataSource, outbox });
  await Promise.all([1, 2].map(() => installJobs(database.config.DATABASE_URL, Object.values(queues))));
  producer = newJobs();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((jobs) => jobs.stop(1_000)));
});

afterAll(() => database.drop());

function newJobs(config = database.config): Jobs {
  return new Jobs({ config, service: 'under-test', logger });
}

async function serve(queue: JobQueue<Work>, perform: JobHandler<Work>['perform']): Promise<Jobs> {
  const jobs = newJobs();
  started.push(jobs);
  const handler: JobHandler<Work> = { queue, perform };
  await jobs.start([handler], units);
  return jobs;
}

const enqueue = (queue: JobQueue<Work>, n: number): Promise<void> =>
  units.run((unit) => producer.enqueue(unit, queue, { n }));

/** Notes the effect in the unit of the job. */
const noting =
  (queue: JobQueue<Work>, job: JobRun<Work>): Settle =>
  async (unit) => {
    await unit.manager.query('INSERT INTO effect (queue, n, attempt) VALUES ($1, $2, $3)', [
      queue.name,
      job.data.n,
      job.attempt,
    ]);
  };

const effects = (queue: JobQueue<Work>): Promise<{ n: number; attempt: number }[]> =>
  database.query('SELECT n, attempt FROM effect WHERE queue = $1 ORDER BY seq', [queue.name]);
const states = async (queue: JobQueue<Work>): Promise<string[]> =>
  (
    await database.query<{ state: string }>('SELECT state FROM pgboss.job WHERE name = $1 ORDER BY created_on', [
      queue.name,
    ])
  ).map(({ state }) => state);

describe('the queues', () => {
  it('are created by two installations at once, and missing ones are named', async () => {
    expect(await missingQueues(dataSource, Object.values(queues))).toEqual([]);
    expect(await missingQueues(dataSource, [queues.plain, queueOf('absent')])).toEqual(['absent']);
  });

  it('are all missing, and no job has failed, where nothing is installed', async () => {
    const empty = await createTestDatabase();
    try {
      const bare = await empty.open();
      expect(await missingQueues(bare, [queues.plain])).toEqual(['plain']);
      expect(await failedJobs(bare)).toEqual([]);
      const jobs = newJobs(empty.config);
      expect(String(await rejection(jobs.start([], units)))).toContain('not installed');
      await jobs.stop();
    } finally {
      await empty.drop();
    }
  });
});

describe('a job', () => {
  it('exists if its unit commits, and never if the unit rolls back', async () => {
    await rejection(
      units.run(async (unit) => {
        await producer.enqueue(unit, queues.plain, { n: 1 });
        throw new Error('no');
      }),
    );
    await enqueue(queues.plain, 2);
    expect(await states(queues.plain)).toEqual(['created']);
    await serve(queues.plain, async (job) => noting(queues.plain, job));
    await eventually(async () => (await effects(queues.plain)).length > 0);
    expect(await effects(queues.plain)).toEqual([{ n: 2, attempt: 1 }]);
    expect(await states(queues.plain)).toEqual(['completed']);
  });

  it('is enqueued on the connection of its unit alone, so that a pool of one suffices', async () => {
    const config = { ...database.config, DATABASE_POOL_MAX: 1, DATABASE_CONNECT_TIMEOUT_MS: 300 };
    const one = new UnitsOfWork({ dataSource: await database.open({ config }), outbox });
    await one.run((unit) => newJobs().enqueue(unit, queues.later, { n: 0 }, { startAfterSeconds: 3_600 }));
  });

  it('is refused with every mistake when its data does not match', async () => {
    const wrong = { n: 'one' } as unknown as Work;
    expect(await rejection(units.run((unit) => producer.enqueue(unit, queues.plain, wrong)))).toMatchObject({
      code: 'JOB-SCHEMA',
      details: { issues: [{ path: 'n' }] },
    });
  });

  it('waits its time', async () => {
    await serve(queues.later, async (job) => noting(queues.later, job));
    await units.run((unit) => producer.enqueue(unit, queues.later, { n: 1 }, { startAfterSeconds: 2 }));
    await enqueue(queues.later, 2);
    await eventually(async () => (await effects(queues.later)).length === 2);
    expect((await effects(queues.later)).map(({ n }) => n)).toEqual([2, 1]);
  });

  it('is added once per key while it is queued; jobs without a key do not meet', async () => {
    await units.run(async (unit) => {
      await producer.enqueue(unit, queues.keyed, { n: 1 }, { singletonKey: 'payment-1:capture' });
      await producer.enqueue(unit, queues.keyed, { n: 2 }, { singletonKey: 'payment-1:capture' });
      await producer.enqueue(unit, queues.keyed, { n: 3 });
      await producer.enqueue(unit, queues.keyed, { n: 4 });
    });
    expect(await states(queues.keyed)).toHaveLength(3);
  });

  it('is retried by its policy, knows its attempt, and keeps its id', async () => {
    const seen: { id: string; attempt: number; lastAttempt: boolean }[] = [];
    await serve(queues.flaky, async (job) => {
      seen.push({ id: job.id, attempt: job.attempt, lastAttempt: job.lastAttempt });
      if (job.attempt < 3) throw new Error(`attempt ${job.attempt}`);
      return noting(queues.flaky, job);
    });
    await enqueue(queues.flaky, 1);
    await eventually(async () => (await effects(queues.flaky)).length > 0);
    expect(seen.map(({ attempt, lastAttempt }) => [attempt, lastAttempt])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(await failedJobs(dataSource)).toEqual([]);
  });

  it('out of attempts stays failed and is listed with its reason, without what the error carries along', async () => {
    await serve(queues.hopeless, async () => {
      throw Object.assign(new Error('provider says no'), { code: 'PROVIDER-REFUSED', headers: { authorization: 'x' } });
    });
    const trace = newTrace();
    await runWithTrace(trace, () => enqueue(queues.hopeless, 7));
    const [failed] = await eventually(async () => {
      const found = await failedJobs(dataSource);
      return found.length > 0 && found;
    });
    expect(failed).toMatchObject({
      queue: 'hopeless',
      data: { n: 7 },
      attempts: 2,
      reason: 'provider says no',
      code: 'PROVIDER-REFUSED',
      correlationId: trace.correlationId,
      failedAt: expect.any(Date),
    });
    const stored = await database.query('SELECT output::text AS output FROM pgboss.job WHERE id = $1', [failed?.id]);
    expect(JSON.stringify(stored)).not.toContain('authorization');
  });

  it('that cannot be read fails with the reason, and its handler never sees it', async () => {
    let performed = 0;
    await enqueue(queues.unreadable, 1);
    await database.query(`UPDATE pgboss.job SET data = jsonb_set(data, '{data,n}', '"x"') WHERE name = 'unreadable'`);
    await serve(queues.unreadable, async (job) => {
      performed += 1;
      return noting(queues.unreadable, job);
    });
    await eventually(async () => performed > 0 || (await states(queues.unreadable)).includes('failed'));
    const found = (await failedJobs(dataSource)).find(({ queue }) => queue === 'unreadable');
    expect([performed, found?.code]).toEqual([0, 'JOB-SCHEMA']);
  });

  it('carries its trace to where it is performed, and on to what it publishes', async () => {
    const trace = { ...newTrace(), causationId: 'the-message' };
    let seen: unknown;
    await serve(queues.burst, async (job) => {
      seen = currentTrace();
      return async (unit) => {
        unit.publish(Noted, { key: 'traced', n: job.data.n });
        seen = [seen, unit.trace];
      };
    });
    await runWithTrace(trace, () => enqueue(queues.burst, 1));
    await eventually(async () => (await database.query(`SELECT 1 FROM outbox WHERE subject = 'traced'`)).length > 0);
    const same = expect.objectContaining({ correlationId: trace.correlationId, causationId: 'the-message' });
    expect(seen).toEqual([same, same]);
    expect(JSON.stringify(seen)).toContain(trace.traceparent.split('-')[1]);
  });
});

describe('settling a job', () => {
  it('rolls back together with the completion, and the next attempt settles', async () => {
    const queue = queues.away;
    let settles = 0;
    await serve(queue, async (job) => async (unit) => {
      settles += 1;
      await noting(queue, job)(unit);
      if (settles === 1) throw new Error('after the effect');
    });
    await enqueue(queue, 1);
    await eventually(async () => (await states(queue))[0] === 'completed');
    expect(await effects(queue)).toEqual([{ n: 1, attempt: 2 }]);
  });

  it('is offered again while the database fails under it, without performing again', async () => {
    const queue = queues.away;
    let performed = 0;
    let settles = 0;
    await serve(queue, async (job) => {
      performed += 1;
      return async (unit) => {
        settles += 1;
        await noting(queue, job)(unit);
        if (settles < 3) await unit.manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
      };
    });
    await enqueue(queue, 2);
    await eventually(async () => (await effects(queue)).some(({ n }) => n === 2));
    expect((await effects(queue)).filter(({ n }) => n === 2)).toEqual([{ n: 2, attempt: 1 }]);
    expect([performed, settles]).toEqual([1, 3]);
  });

  it('happens once when an attempt outlives its time and another worker takes the job', async () => {
    const queue = queues.slow;
    const release: (() => void)[] = [];
    const attempts: number[] = [];
    const perform = async (job: JobRun<Work>): Promise<Settle> => {
      attempts.push(job.attempt);
      // The first attempt ignores its signal and answers when the second one has settled.
      if (job.attempt === 1) await new Promise<void>((resolve) => release.push(resolve));
      return noting(queue, job);
    };
    await serve(queue, perform);
    await serve(queue, perform);
    await enqueue(queue, 1);
    await eventually(async () => (await effects(queue)).length === 1, 15_000);
    release.forEach((go) => go());
    await sleep(500);
    expect(attempts).toEqual([1, 2]);
    expect(await effects(queue)).toEqual([{ n: 1, attempt: 2 }]);
    expect(await states(queue)).toEqual(['completed']);
  });

  it('happens once for each of many jobs served by several workers', async () => {
    const queue = queues.burst;
    await units.run(async (unit) => {
      for (let n = 100; n < 140; n += 1) await producer.enqueue(unit, queue, { n });
    });
    await Promise.all([1, 2].map(() => serve(queue, async (job) => noting(queue, job))));
    await eventually(async () => (await effects(queue)).length >= 40, 20_000);
    const done = (await effects(queue)).map(({ n }) => n).sort((a, b) => a - b);
    expect(done).toEqual(Array.from({ length: 40 }, (_, index) => 100 + index));
  });
});

describe('stopping', () => {
  it('waits for the job in hand, and takes no other', async () => {
    const queue = queues.leftover;
    let begun = false;
    const jobs = await serve(queue, async (job) => {
      begun = true;
      await sleep(400);
      return noting(queue, job);
    });
    await enqueue(queue, 1);
    await eventually(async () => begun);
    await enqueue(queue, 2);
    await jobs.stop(5_000);
    expect(await effects(queue)).toEqual([{ n: 1, attempt: 1 }]);
    expect(await states(queue)).toEqual(['completed', 'created']);
  });

  it('gives a job back that does not end, aborts its signal, and drops what it answers later', async () => {
    const queue = queues.leftover;
    let job: JobRun<Work> | undefined;
    let answer = (): void => undefined;
    const jobs = await serve(queue, async (run) => {
      job = run;
      await new Promise<void>((resolve) => (answer = resolve));
      return noting(queue, run);
    });
    await eventually(async () => job !== undefined);
    await jobs.stop(1_000);
    expect(job?.signal.aborted).toBe(true);
    answer();
    await sleep(200);
    expect(await effects(queue)).toEqual([{ n: 1, attempt: 1 }]);
    expect(await states(queue)).toEqual(['completed', 'retry']);
  });

  it('is harmless before the start and after the end, and a second start is refused', async () => {
    await producer.stop();
    const jobs = await serve(queues.keyed, async (job) => noting(queues.keyed, job));
    expect(await rejection(jobs.start([], units))).toMatchObject({ code: 'JOB-STATE' });
    await jobs.stop();
    await jobs.stop();
  });
});

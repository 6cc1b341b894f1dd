import { currentTrace, newTrace, runWithTrace } from '@dozen/telemetry';
import { failedJobs, missingQueues, UnitsOfWork } from '../src/index.js';
import { createTestDatabase, eventually, rejection, TableOutbox } from './support/database.js';
import { Noted } from './support/noted.js';
import { jobsPolicy } from '../src/jobs/policy.js';
import { JobsBench, noted, noting, queueOf, type Work } from './support/jobs-bench.js';

const queues = {
  plain: queueOf('plain'),
  keyed: queueOf('keyed'),
  later: queueOf('later'),
  flaky: queueOf('flaky'),
  hopeless: queueOf('hopeless', { retryLimit: 1 }),
  unreadable: queueOf('unreadable', { retryLimit: 0 }),
  burst: queueOf('burst', { concurrency: 4 }),
  backlog: queueOf('backlog', { concurrency: 1 }),
  announced: queueOf('announced'),
};

let bench: JobsBench;
beforeAll(async () => {
  bench = await JobsBench.create(Object.values(queues));
});
afterEach(() => bench.stopAll());
afterAll(() => bench.database.drop());

describe('the queues', () => {
  it('are created by two installations at once, and missing ones are named', async () => {
    expect(await missingQueues(bench.dataSource, Object.values(queues))).toEqual([]);
    expect(await missingQueues(bench.dataSource, [queues.plain, queueOf('absent')])).toEqual(['absent']);
  });

  it('are all missing, and no job has failed, where nothing is installed', async () => {
    const empty = await createTestDatabase();
    try {
      const bare = await empty.open();
      expect(await missingQueues(bare, [queues.plain])).toEqual(['plain']);
      expect(await failedJobs(bare)).toEqual([]);
      const jobs = bench.newJobs(empty.config);
      expect(String(await rejection(jobs.start([], bench.units)))).toContain('not installed');
      await jobs.stop();
    } finally {
      await empty.drop();
    }
  });
});

describe('a job', () => {
  it('exists if its unit commits, and never if the unit rolls back', async () => {
    await rejection(
      bench.units.run(async (unit) => {
        await bench.producer.enqueue(unit, queues.plain, { n: 1 });
        throw new Error('no');
      }),
    );
    await bench.enqueue(queues.plain, 2);
    expect(await bench.states(queues.plain)).toEqual(['created']);
    await bench.serve(queues.plain, noted(queues.plain));
    await eventually(async () => (await bench.effects(queues.plain)).length > 0);
    expect(await bench.effects(queues.plain)).toEqual([{ n: 2, attempt: 1 }]);
    // Done, and so gone: supervision reads every job that is there, every two seconds.
    expect(await bench.states(queues.plain)).toEqual([]);
  });

  it('is taken when the one before it is done, not at the next poll', async () => {
    const jobs = 60;
    for (let n = 0; n < jobs; n += 1) await bench.enqueue(queues.backlog, n);
    const began = performance.now();
    await bench.serve(queues.backlog, noted(queues.backlog));
    await eventually(async () => (await bench.effects(queues.backlog)).length === jobs);
    const polls = (performance.now() - began) / jobsPolicy.dueLookMs;
    expect(polls).toBeLessThan(jobs / 2);
  });

  it('is taken when it is committed, not at the next poll', async () => {
    const jobs = 10;
    await bench.serve(queues.announced, noted(queues.announced));
    const began = performance.now();
    for (let n = 0; n < jobs; n += 1) {
      await bench.enqueue(queues.announced, n);
      await eventually(async () => (await bench.effects(queues.announced)).length === n + 1);
    }
    const polls = (performance.now() - began) / jobsPolicy.dueLookMs;
    expect(polls).toBeLessThan(jobs / 2);
  });

  it('is enqueued on the connection of its unit alone, so that a pool of one suffices', async () => {
    const config = { ...bench.database.config, DATABASE_POOL_MAX: 1, DATABASE_CONNECT_TIMEOUT_MS: 300 };
    const one = new UnitsOfWork({ dataSource: await bench.database.open({ config }), outbox: new TableOutbox() });
    await one.run((unit) => bench.newJobs().enqueue(unit, queues.later, { n: 0 }, { startAfterSeconds: 3_600 }));
  });

  it('is refused with every mistake when its data does not match', async () => {
    const wrong = { n: 'one' } as unknown as Work;
    expect(await rejection(bench.units.run((unit) => bench.producer.enqueue(unit, queues.plain, wrong)))).toMatchObject(
      {
        code: 'JOB-SCHEMA',
        details: { issues: [{ path: 'n' }] },
      },
    );
  });

  it('waits its time', async () => {
    await bench.serve(queues.later, noted(queues.later));
    await bench.units.run((unit) => bench.producer.enqueue(unit, queues.later, { n: 1 }, { startAfterSeconds: 2 }));
    await bench.enqueue(queues.later, 2);
    await eventually(async () => (await bench.effects(queues.later)).length === 2);
    expect((await bench.effects(queues.later)).map(({ n }) => n)).toEqual([2, 1]);
  });

  it('is added once per key while it is queued; jobs without a key do not meet', async () => {
    await bench.units.run(async (unit) => {
      await bench.producer.enqueue(unit, queues.keyed, { n: 1 }, { singletonKey: 'payment-1:capture' });
      await bench.producer.enqueue(unit, queues.keyed, { n: 2 }, { singletonKey: 'payment-1:capture' });
      await bench.producer.enqueue(unit, queues.keyed, { n: 3 });
      await bench.producer.enqueue(unit, queues.keyed, { n: 4 });
    });
    expect(await bench.states(queues.keyed)).toHaveLength(3);
  });

  it('is retried by its policy, knows its attempt, and keeps its id', async () => {
    const seen: { id: string; attempt: number; lastAttempt: boolean }[] = [];
    await bench.serve(queues.flaky, (job) => {
      seen.push({ id: job.id, attempt: job.attempt, lastAttempt: job.lastAttempt });
      if (job.attempt < 3) throw new Error(`attempt ${job.attempt}`);
      return noting(queues.flaky, job);
    });
    await bench.enqueue(queues.flaky, 1);
    await eventually(async () => (await bench.effects(queues.flaky)).length > 0);
    expect(seen.map(({ attempt, lastAttempt }) => [attempt, lastAttempt])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(await failedJobs(bench.dataSource)).toEqual([]);
  });

  it('out of attempts stays failed and is listed with its reason, without what the error carries along', async () => {
    await bench.serve(queues.hopeless, () => {
      throw Object.assign(new Error('provider says no'), { code: 'PROVIDER-REFUSED', headers: { authorization: 'x' } });
    });
    const trace = newTrace();
    await runWithTrace(trace, () => bench.enqueue(queues.hopeless, 7));
    const [failed] = await eventually(async () => {
      const found = await failedJobs(bench.dataSource);
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
    const stored = await bench.database.query('SELECT output::text AS output FROM pgboss.job WHERE id = $1', [
      failed?.id,
    ]);
    expect(JSON.stringify(stored)).not.toContain('authorization');
  });

  it('that cannot be read fails with the reason, and its handler never sees it', async () => {
    let performed = 0;
    await bench.enqueue(queues.unreadable, 1);
    await bench.database.query(
      `UPDATE pgboss.job SET data = jsonb_set(data, '{data,n}', '"x"') WHERE name = 'unreadable'`,
    );
    await bench.serve(queues.unreadable, (job) => {
      performed += 1;
      return noting(queues.unreadable, job);
    });
    await eventually(async () => performed > 0 || (await bench.states(queues.unreadable)).includes('failed'));
    const found = (await failedJobs(bench.dataSource)).find(({ queue }) => queue === 'unreadable');
    expect([performed, found?.code]).toEqual([0, 'JOB-SCHEMA']);
  });

  it('carries its trace to where it is performed, and on to what it publishes', async () => {
    const trace = { ...newTrace(), causationId: 'the-message' };
    let seen: unknown;
    await bench.serve(queues.burst, (job) => {
      seen = currentTrace();
      return (unit) => {
        unit.publish(Noted, { key: 'traced', n: job.data.n });
        seen = [seen, unit.trace];
        return Promise.resolve();
      };
    });
    await runWithTrace(trace, () => bench.enqueue(queues.burst, 1));
    await eventually(
      async () => (await bench.database.query(`SELECT 1 FROM outbox WHERE subject = 'traced'`)).length > 0,
    );
    const same = expect.objectContaining({ correlationId: trace.correlationId, causationId: 'the-message' });
    expect(seen).toEqual([same, same]);
    expect(JSON.stringify(seen)).toContain(trace.traceparent.split('-')[1]);
  });
});

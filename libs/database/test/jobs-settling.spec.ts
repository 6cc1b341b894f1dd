import { setTimeout as sleep } from 'node:timers/promises';
import type { JobHandler, JobRun, Settle } from '../src/index.js';
import { eventually, rejection } from './support/database.js';
import { JobsBench, noted, noting, queueOf, type Work } from './support/jobs-bench.js';

const queues = {
  keyed: queueOf('keyed'),
  slow: queueOf('slow', { expireInSeconds: 2, concurrency: 1, retryLimit: 5 }),
  away: queueOf('away'),
  leftover: queueOf('leftover', { concurrency: 1 }),
  burst: queueOf('burst', { concurrency: 4 }),
  once: queueOf('once', { retryLimit: 0 }),
  twice: queueOf('twice', { retryLimit: 1 }),
};

let bench: JobsBench;
beforeAll(async () => {
  bench = await JobsBench.create(Object.values(queues));
});
afterEach(() => bench.stopAll());
afterAll(() => bench.database.drop());

describe('settling a job', () => {
  it('rolls back together with the completion, and the next attempt settles', async () => {
    const queue = queues.away;
    let settles = 0;
    await bench.serve(queue, (job) => async (unit) => {
      settles += 1;
      await noting(queue, job)(unit);
      if (settles === 1) throw new Error('after the effect');
    });
    await bench.enqueue(queue, 1);
    await eventually(async () => (await bench.states(queue)).length === 0);
    expect(await bench.effects(queue)).toEqual([{ n: 1, attempt: 2 }]);
  });

  it('is offered again while the database fails under it, without performing again', async () => {
    const queue = queues.away;
    let performed = 0;
    let settles = 0;
    await bench.serve(queue, (job) => {
      performed += 1;
      return async (unit) => {
        settles += 1;
        await noting(queue, job)(unit);
        if (settles < 3) await unit.manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
      };
    });
    await bench.enqueue(queue, 2);
    await eventually(async () => (await bench.effects(queue)).some(({ n }) => n === 2));
    expect((await bench.effects(queue)).filter(({ n }) => n === 2)).toEqual([{ n: 2, attempt: 1 }]);
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
    await bench.serve(queue, perform);
    await bench.serve(queue, perform);
    await bench.enqueue(queue, 1);
    await eventually(async () => (await bench.effects(queue)).length === 1, 15_000);
    release.forEach((go) => go());
    await sleep(500);
    expect(attempts).toEqual([1, 2]);
    expect(await bench.effects(queue)).toEqual([{ n: 1, attempt: 2 }]);
    expect(await bench.states(queue)).toEqual([]);
  });

  it('that has begun in time is waited for, however long it takes: nobody performs the job again meanwhile', async () => {
    const queue = queues.slow;
    const attempts: number[] = [];
    await bench.serve(queue, (job) => {
      attempts.push(job.attempt);
      return async (unit) => {
        await noting(queue, job)(unit);
        // Past the attempt's time, and past the supervision that would give the job to somebody else.
        await sleep(4_500);
      };
    });
    await bench.enqueue(queue, 3);
    await eventually(async () => (await bench.states(queue)).length === 0, 20_000);
    expect(attempts).toEqual([1]);
    expect((await bench.effects(queue)).filter(({ n }) => n === 3)).toEqual([{ n: 3, attempt: 1 }]);
  });

  it('is refused to an attempt that outlived its time while the next attempt is still at work', async () => {
    const queue = queues.slow;
    let firstAnswers = (): void => undefined;
    const perform = async (job: JobRun<Work>): Promise<Settle> => {
      if (job.attempt === 1) await new Promise<void>((resolve) => (firstAnswers = resolve));
      else {
        firstAnswers();
        await sleep(400);
      }
      return noting(queue, job);
    };
    await bench.serve(queue, perform);
    await bench.serve(queue, perform);
    await bench.enqueue(queue, 2);
    await eventually(async () => (await bench.effects(queue)).some(({ n }) => n === 2), 15_000);
    expect((await bench.effects(queue)).filter(({ n }) => n === 2)).toEqual([{ n: 2, attempt: 2 }]);
  });

  it('happens once for each of many jobs served by several workers', async () => {
    const queue = queues.burst;
    await bench.units.run(async (unit) => {
      for (let n = 100; n < 140; n += 1) await bench.producer.enqueue(unit, queue, { n });
    });
    await Promise.all([1, 2].map(() => bench.serve(queue, noted(queue))));
    await eventually(async () => (await bench.effects(queue)).length >= 40, 20_000);
    const done = (await bench.effects(queue)).map(({ n }) => n).sort((a, b) => a - b);
    expect(done).toEqual(Array.from({ length: 40 }, (_, index) => 100 + index));
  });
});

describe('stopping', () => {
  it('waits for the job in flight, and takes no other', async () => {
    const queue = queues.leftover;
    let begun = false;
    const jobs = await bench.serve(queue, async (job) => {
      begun = true;
      await sleep(400);
      return noting(queue, job);
    });
    await bench.enqueue(queue, 1);
    await eventually(() => begun);
    await bench.enqueue(queue, 2);
    await jobs.stop(5_000);
    expect(await bench.effects(queue)).toEqual([{ n: 1, attempt: 1 }]);
    expect(await bench.states(queue)).toEqual(['created']);
  });

  it('gives a job back that does not end, aborts its signal, and drops what it answers later', async () => {
    const queue = queues.leftover;
    let job: JobRun<Work> | undefined;
    let answer = (): void => undefined;
    const jobs = await bench.serve(queue, async (run) => {
      job = run;
      await new Promise<void>((resolve) => (answer = resolve));
      return noting(queue, run);
    });
    await eventually(() => job !== undefined);
    await jobs.stop(1_000);
    expect(job?.signal.aborted).toBe(true);
    answer();
    await sleep(200);
    expect(await bench.effects(queue)).toEqual([{ n: 1, attempt: 1 }]);
    expect(await bench.states(queue)).toEqual(['retry']);
  });

  it.each([
    ['on its last one', 'once', true],
    ['with one more', 'twice', false],
  ] as const)('uses up no attempt: a job %s is performed by the next process', async (_, name, lastAttempt) => {
    const queue = queues[name];
    const begun = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const drained = await bench.serve(queue, async (run) => {
      begun.resolve();
      await answer.promise;
      return noting(queue, run);
    });
    await bench.enqueue(queue, 1);
    await begun.promise;
    await drained.stop(0);
    const next = Promise.withResolvers<JobRun<Work>>();
    await bench.serve(queue, async (run) => {
      next.resolve(run);
      // The one that was given back answers while this attempt is under way; its result must not count for it.
      answer.resolve();
      await sleep(200);
      return noting(queue, run);
    });
    expect(await next.promise).toMatchObject({ attempt: 2, lastAttempt });
    await eventually(async () => (await bench.states(queue)).length === 0);
    expect(await bench.effects(queue)).toEqual([{ n: 1, attempt: 2 }]);
  });

  it('still counts an attempt that fails', async () => {
    const queue = queues.once;
    await bench.serve(queue, () => Promise.reject(new Error('the provider refuses')));
    await bench.enqueue(queue, 2);
    await eventually(async () => (await bench.states(queue)).includes('failed'));
  });

  it('during a start leaves nothing behind, and the start says so', async () => {
    const jobs = bench.newJobs();
    const perform = (run: JobRun<Work>): Promise<Settle> => Promise.resolve(noting(queues.keyed, run));
    const handler: JobHandler<Work> = { queue: queues.keyed, perform };
    const starting = rejection(jobs.start([handler], bench.units));
    await jobs.stop(0);
    expect(await starting).toMatchObject({ code: 'JOB-STATE' });
    await bench.enqueue(queues.keyed, 1);
    await sleep(1_000);
    expect(await bench.states(queues.keyed)).toEqual(['created']);
  });

  it('is harmless after a start that failed, and another start is a first one', async () => {
    let broken = true;
    const config = {
      ...bench.database.config,
      get DATABASE_URL(): string {
        if (broken) throw new Error('no url yet');
        return bench.database.config.DATABASE_URL;
      },
    };
    const jobs = bench.newJobs(config);
    expect(await rejection(jobs.start([], bench.units))).toMatchObject({ message: 'no url yet' });
    await jobs.stop();
    expect(await rejection(jobs.start([], bench.units))).toMatchObject({ message: 'no url yet' });
    broken = false;
    await jobs.start([], bench.units);
    await jobs.stop();
  });

  it('is harmless before the start and after the end, and a second start is refused', async () => {
    await bench.producer.stop();
    const jobs = await bench.serve(queues.keyed, noted(queues.keyed));
    expect(await rejection(jobs.start([], bench.units))).toMatchObject({ code: 'JOB-STATE' });
    await jobs.stop();
    await jobs.stop();
  });
});

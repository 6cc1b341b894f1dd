import type { JobRun, Settle } from '../src/index.js';
import { eventually } from './support/database.js';
import { JobsBench, noted, noting, queueOf, type Work } from './support/jobs-bench.js';

const queues = { held: queueOf('held', { retryLimit: 5 }), cut: queueOf('cut') };

let bench: JobsBench;
beforeAll(async () => {
  bench = await JobsBench.create(Object.values(queues));
});
afterEach(() => bench.stopAll());
afterAll(() => bench.database.drop());

/** Attempts at the jobs of `held` that answer when the test says so. */
function heldAttempts() {
  const runs: JobRun<Work>[] = [];
  const answers: (() => void)[] = [];
  const perform = async (job: JobRun<Work>): Promise<Settle> => {
    runs.push(job);
    await new Promise<void>((resolve) => answers.push(resolve));
    return noting(queues.held, job);
  };
  return { runs, perform, answer: (attempt: number) => answers[attempt - 1]?.() };
}

const performed = (n: number) => async (): Promise<boolean> =>
  (await bench.effects(queues.held)).some((effect) => effect.n === n);

describe('a job that takes long', () => {
  it('shows that its worker lives', async () => {
    const { runs, perform, answer } = heldAttempts();
    await bench.serve(queues.held, perform);
    await bench.enqueue(queues.held, 1);
    await eventually(() => runs.length === 1);
    const sql = `SELECT 1 FROM pgboss.job WHERE name = 'held' AND heartbeat_on > started_on`;
    await eventually(async () => (await bench.database.query(sql)).length === 1, 10_000);
    answer(1);
    await eventually(performed(1));
  });

  it('is taken over from a worker that has been silent for ten seconds, and settled once', async () => {
    const { runs, perform, answer } = heldAttempts();
    await bench.serve(queues.held, perform);
    await bench.enqueue(queues.held, 2);
    await eventually(() => runs.length === 1);
    await eventually(async () => {
      // What the worker said is taken back, which is as if it had been frozen since.
      await bench.database.query(`UPDATE pgboss.job SET heartbeat_on = now() - interval '11 s' WHERE retry_count = 0`);
      return runs.length === 2;
    }, 15_000);
    await eventually(() => runs[0]?.signal.aborted === true, 10_000);
    answer(1);
    answer(2);
    await eventually(performed(2));
    expect((await bench.effects(queues.held)).filter(({ n }) => n === 2)).toEqual([{ n: 2, attempt: 2 }]);
  });
});

describe('when every connection of the jobs is cut', () => {
  it('they go on by themselves, and hear of new jobs again', async () => {
    await bench.serve(queues.cut, noted(queues.cut));
    await bench.enqueue(queues.cut, 1);
    await eventually(async () => (await bench.effects(queues.cut)).length === 1);
    const named = "application_name IN ('under-test-jobs', 'under-test-notifications')";
    const backends = `FROM pg_stat_activity WHERE ${named} AND datname = current_database()`;
    await bench.database.query(`SELECT pg_terminate_backend(pid) ${backends}`);
    await bench.enqueue(queues.cut, 2);
    await eventually(async () => (await bench.effects(queues.cut)).length === 2);
    const listening = `SELECT 1 ${backends} AND query LIKE 'LISTEN%'`;
    await eventually(async () => (await bench.database.query(listening)).length === 1);
  });
});

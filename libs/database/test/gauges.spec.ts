import { DUE_FOR, jobGauges, QUEUE_COUNTS } from '../src/jobs/gauges.js';
import { TABLE_SIZES } from '../src/tables.js';
import { JobsBench, queueOf } from './support/jobs-bench.js';

const queue = queueOf('measured');
const ROWS = 100_000;

let bench: JobsBench;
/** On the clock of this process, in ms. */
let filledAt = 0;

beforeAll(async () => {
  bench = await JobsBench.create([queue]);
  filledAt = performance.now();
  // Done, due, and for later.
  await bench.dataSource.query(
    `INSERT INTO pgboss.job (name, policy, singleton_key, state, start_after, completed_on)
     SELECT $1, 'exclusive', n::text,
            CASE WHEN n % 2 = 0 THEN 'completed' ELSE 'created' END::pgboss.job_state,
            now() - interval '100 seconds' + n % 1000 * interval '1 second',
            CASE WHEN n % 2 = 0 THEN now() END
     FROM generate_series(1, ${ROWS}) AS n`,
    [queue.name],
  );
  await bench.dataSource.query('ANALYZE pgboss.job');
}, 60_000);

afterAll(() => bench.database.drop());

async function planOf(statement: string, parameters: unknown[]): Promise<string> {
  const rows: { 'QUERY PLAN': string }[] = await bench.dataSource.query(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) ${statement}`,
    parameters,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** The pages that the first node of the plan has read, which include those of the nodes below it. */
function pages(plan: string): number {
  const [, hit = '0', read = '0'] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan) ?? [];
  return Number(hit) + Number(read);
}

describe(`gauges of ${ROWS} jobs`, () => {
  it('find the oldest that is due in a few steps of an index', async () => {
    await planOf(DUE_FOR, [[queue.name]]);
    const plan = await planOf(DUE_FOR, [[queue.name]]);
    expect(plan).not.toMatch(/Seq Scan on \w*job/);
    expect(pages(plan)).toBeLessThan(50);
    const [row]: { seconds: number }[] = await bench.dataSource.query(DUE_FOR, [[queue.name]]);
    const waited = (performance.now() - filledAt) / 1000;
    expect(row?.seconds).toBeGreaterThanOrEqual(99);
    expect(row?.seconds).toBeLessThan(99 + waited + 1);
  });

  it('take counts and sizes from where they are kept, and read no job for them', async () => {
    for (const [statement, parameters] of [
      [QUEUE_COUNTS, [[queue.name]]],
      [TABLE_SIZES, [['pgboss'], []]],
    ] as const) {
      await planOf(statement, [...parameters]);
      const plan = await planOf(statement, [...parameters]);
      expect(plan).not.toMatch(/ on \w*job(_common)?( |$)/m);
    }
    const sizes: { name: string; bytes: number }[] = await bench.dataSource.query(TABLE_SIZES, [['pgboss'], []]);
    expect(sizes.find(({ name }) => name === 'pgboss.job')?.bytes).toBeGreaterThan(ROWS * 100);
  });

  it('tell every queue of the service, and none of another', async () => {
    const observed: unknown[] = [];
    const other = queueOf('absent');
    await jobGauges([queue, other]).read(bench.dataSource.manager, (definition, _value, attributes) =>
      observed.push([definition.name, attributes]),
    );
    expect(observed).toContainEqual(['dozen.jobs.due.age', { 'dozen.queue': queue.name }]);
    expect(observed).toContainEqual(['dozen.jobs', { 'dozen.queue': queue.name, 'dozen.job.state': 'failed' }]);
  });
});

import { newId } from '@dozen/kernel';
import { OUTBOX_AGE, OUTBOX_DEPTH, OUTBOX_REFUSED } from '../src/gauges/outbox.js';
import { PARKED_BY_STATE } from '../src/gauges/parked.js';
import { messagingPolicy } from '../src/index.js';
import { messagingHarness } from './harness.js';

const SHARDS = [...Array(messagingPolicy.shards).keys()];
const ROWS = 200_000;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

let h: Awaited<ReturnType<typeof messagingHarness>>;

beforeAll(async () => {
  h = await messagingHarness([]);
  await h.dataSource.query(
    `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)
     SELECT n % 16, gen_random_uuid(), 'orders.events', 'order-' || n, '{}', repeat('x', 300)
     FROM generate_series(1, ${ROWS}) AS n`,
  );
  await h.dataSource.query(
    `INSERT INTO messaging.parked_messages
       (consumer, topic, partition, "offset", headers, held_key, code, reason, retry_at)
     SELECT 'billing', 'orders.events', 0, n, '{}', 'order-' || n % 1000, CASE WHEN n % 2 = 0 THEN 'MSG-HANDLER' END,
            CASE WHEN n % 2 = 0 THEN 'x' END, CASE WHEN n % 4 = 0 THEN now() END
     FROM generate_series(1, ${ROWS}) AS n`,
  );
  await h.dataSource.query('ANALYZE messaging.outbox, messaging.parked_messages');
}, 60_000);

afterAll(() => h.close());

async function explain(statement: string, parameters: unknown[] = []): Promise<Plan> {
  const [row]: { 'QUERY PLAN': [{ Plan: Plan }] }[] = await h.dataSource.query(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
    parameters,
  );
  if (row === undefined) throw new Error('no plan');
  return row['QUERY PLAN'][0].Plan;
}

/** Tables that are read from one end to the other. */
function scans({ 'Node Type': type, 'Relation Name': table, Plans = [] }: Plan): string[] {
  return [...(type === 'Seq Scan' && table !== undefined ? [table] : []), ...Plans.flatMap(scans)];
}

describe(`gauges of tables with ${ROWS} rows`, () => {
  it.each([
    // A page of the index at three levels, and one of the table, per shard.
    ['outbox age', OUTBOX_AGE, [SHARDS], 100],
    ['outbox refused', OUTBOX_REFUSED, [], 10],
    ['outbox depth', OUTBOX_DEPTH, [], 10],
    // The oldest 10,000 rows: about 50 on a page.
    ['parked messages', PARKED_BY_STATE, [], 500],
  ])('%s: no scan, and few pages', async (_name, statement, parameters, most) => {
    // Once before: the catalogue is read at first.
    await explain(statement, parameters);
    const plan = await explain(statement, parameters);
    expect(scans(plan)).toEqual([]);
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(most);
  });

  it('wait for nobody who writes, and nobody waits for them', async () => {
    const locks = await h.dataSource.transaction(async (manager) => {
      await manager.query(OUTBOX_AGE, [SHARDS]);
      await manager.query(OUTBOX_REFUSED);
      await manager.query(OUTBOX_DEPTH);
      await manager.query(PARKED_BY_STATE);
      return manager.query<{ mode: string }[]>(
        `SELECT DISTINCT mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('relation', 'tuple')`,
      );
    });
    expect(locks).toEqual([{ mode: 'AccessShareLock' }]);
  });

  it('still find the one row that matters', async () => {
    const key = newId();
    await h.dataSource.query(
      `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload, refused_at, refused_reason)
       VALUES (3, gen_random_uuid(), 'orders.events', $1, '{}', '', now(), 'too large')`,
      [key],
    );
    expect(await h.dataSource.query(OUTBOX_REFUSED)).toEqual([{ refused: 1 }]);
    expect(await h.dataSource.query(PARKED_BY_STATE)).toEqual(
      expect.arrayContaining([
        { state: 'dead', count: 2500 },
        { state: 'retrying', count: 2500 },
        { state: 'waiting', count: 5000 },
      ]),
    );
  });
});

import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import type { QueryRunner } from 'typeorm';
import { type Answer, startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;
let other: Awaited<ReturnType<TestGateway['sibling']>>;

beforeAll(async () => {
  gateway = await startGateway();
  other = await gateway.sibling();
});

afterAll(async () => {
  await other.stop();
  await gateway.stop();
});

const post = (process: Pick<TestGateway, 'order'>, key: string) =>
  process.order({ headers: { 'idempotency-key': `"${key}"` } });

async function count(table: string): Promise<number> {
  const [row] = await gateway.dataSource.query<[{ count: number }]>(`SELECT count(*)::int AS count FROM ${table}`);
  return row.count;
}

/** Commands, orders and timeline entries that the work adds. */
async function added(work: () => Promise<void>): Promise<readonly number[]> {
  const counts = () => Promise.all(['messaging.outbox', 'orders', 'timeline', 'idempotent_requests'].map(count));
  const before = await counts();
  await work();
  return (await counts()).map((now, index) => now - (before[index] ?? 0));
}

/** Status, place and body, to the byte: the different answers among these. */
function different(answers: readonly Answer[]): unknown[] {
  const shown = answers.map(({ status, headers, text }) => `${status} ${headers.get('location')} ${text}`);
  return [...new Set(shown)];
}

const ONE_ORDER = [expect.stringMatching(/^202 /)];

/** 100 equal requests, to two processes in turn. */
const hundred = (key: string) =>
  Promise.all(Array.from({ length: 100 }, (_, n) => post(n % 2 === 0 ? gateway : other, key)));

describe('100 equal requests at once to two processes', () => {
  it('make one order, and all get the same answer', async () => {
    const key = newId();
    const made = await added(async () => {
      const answers = await hundred(key);
      expect(different(answers)).toEqual(ONE_ORDER);
    });
    expect(made).toEqual([1, 1, 1, 1]);
  });

  it('make one order also when it takes long: who is told to come back then gets the same answer', async () => {
    const key = newId();
    await gateway.dataSource.query(
      `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$`,
    );
    await gateway.dataSource.query(
      'CREATE TRIGGER dawdle BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION dawdle()',
    );
    const answers: Answer[] = [];
    const made = await added(async () => {
      answers.push(...(await hundred(key)));
    });
    await gateway.dataSource.query('DROP FUNCTION dawdle CASCADE');
    expect(made).toEqual([1, 1, 1, 1]);
    const done = answers.filter(({ status }) => status === 202);
    const busy = answers.filter(({ status }) => status !== 202);
    expect(busy.length).toBeGreaterThan(0);
    for (const { status, headers, body } of busy) {
      expect([status, body['code']]).toEqual([409, 'IDEMPOTENCY-IN-FLIGHT']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const retried = await Promise.all([gateway, other].map((process) => post(process, key)));
    expect(different([...done, ...retried])).toEqual(ONE_ORDER);
  });
});

/** Runs the work while a transaction of the test's own holds what its first statement takes. */
async function holding(statement: string, work: (holder: QueryRunner) => Promise<void>): Promise<void> {
  const holder = gateway.dataSource.createQueryRunner();
  await holder.startTransaction();
  try {
    await holder.query(statement);
    await work(holder);
  } finally {
    await holder.rollbackTransaction();
    await holder.release();
  }
}

describe('a connection that is cut between the key and the commit', () => {
  it('leaves nothing, locks nothing, and the retry makes the one order', async () => {
    const key = newId();
    const left = await added(() =>
      holding('LOCK TABLE messaging.outbox IN SHARE ROW EXCLUSIVE MODE', async (holder) => {
        const cut = post(gateway, key);
        await eventually(async () => {
          // A transaction would see the sessions as they were at its first look.
          await holder.query('SELECT pg_stat_clear_snapshot()');
          const killed: unknown[] = await holder.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`,
          );
          expect(killed).toHaveLength(1);
        });
        expect(await cut).toMatchObject({ status: 503, body: { code: 'HTTP-UNAVAILABLE' } });
        // The table is still held, the key is not.
        const keys: unknown[] = await holder.query(
          `SELECT FROM pg_locks JOIN pg_database AS d ON d.oid = database
           WHERE locktype = 'advisory' AND datname = current_database()`,
        );
        expect(keys).toEqual([]);
      }),
    );
    expect(left).toEqual([0, 0, 0, 0]);
    const made = await added(async () => {
      expect(different([await post(other, key), await post(gateway, key)])).toEqual(ONE_ORDER);
    });
    expect(made).toEqual([1, 1, 1, 1]);
  });
});

describe('the partitions of the keys', () => {
  it('are made by the running service; when it cannot, it takes orders all the same and says so', async () => {
    const partitions = `SELECT array_agg(relname::text) AS found,
        (SELECT array_agg('idempotent_requests_' || to_char(now() AT TIME ZONE 'UTC' + day * interval '1 day', 'YYYYMMDD'))
         FROM generate_series(0, 4) AS day) AS wanted
      FROM pg_class WHERE relname ~ '^idempotent_requests_[0-9]{8}$' AND relkind = 'r'`;
    const tables = await eventually(async () => {
      const [row]: { found: string[]; wanted: string[] }[] = await gateway.dataSource.query(partitions);
      // One day back is there all day, and until one o'clock the day before it, too.
      expect(row?.found).toEqual(expect.arrayContaining(row?.wanted ?? []));
      return row?.found ?? [];
    });
    expect(gateway.logs.join('')).not.toContain('IDEMPOTENCY-PARTITIONS-LOW');
    for (const table of tables) await gateway.dataSource.query(`DROP TABLE ${table}`);
    await holding('SELECT FROM idempotent_requests_spare', async () => {
      const third = await gateway.sibling();
      try {
        await eventually(() => expect(gateway.logs.join('')).toContain('IDEMPOTENCY-PARTITIONS-LOW'));
        const key = newId();
        expect(different([await post(third, key), await post(gateway, key)])).toEqual(ONE_ORDER);
      } finally {
        await third.stop();
      }
    });
  });
});

import { runMigrations } from '@dozen/database';
import { fewIdempotencyDays, maintainIdempotencyPartitions } from '../src/index.js';
import { ACCEPTED, startKeys } from './keys.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let rig: Awaited<ReturnType<typeof startKeys>>;

beforeEach(async () => {
  rig = await startKeys();
});
afterEach(() => rig.stop());

const maintain = () => maintainIdempotencyPartitions(rig.dataSource);
const later = (at: string, ms: number): Date => new Date(Date.parse(at) + ms);

async function partitions(): Promise<string[]> {
  const rows: { name: string }[] = await rig.dataSource.query(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'idempotent_requests'::regclass ORDER BY 1",
  );
  return rows.map(({ name }) => name.replace('idempotent_requests_', ''));
}

async function addPartition(day: string, next: string): Promise<void> {
  await rig.dataSource.query(
    `CREATE TABLE idempotent_requests_${day} PARTITION OF idempotent_requests FOR VALUES FROM ('${day}Z') TO ('${next}Z')`,
  );
}

/** Where the rows of a key lie. */
async function placesOf(key: string): Promise<string[]> {
  const rows: { place: string }[] = await rig.dataSource.query(
    'SELECT tableoid::regclass::text AS place FROM idempotent_requests WHERE key = $1 ORDER BY created_at',
    [key],
  );
  return rows.map(({ place }) => place.replace('idempotent_requests_', ''));
}

/** A request in the middle of its work. */
async function begun(key: string) {
  const [started, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const answer = rig.send(key, {
    during: () => {
      started.resolve();
      return release.promise;
    },
  });
  await started.promise;
  return { answer, release: () => release.resolve() };
}

describe('a key', () => {
  it.each([
    '2026-03-10T12:00:00.000Z',
    '2026-03-10T23:59:59.999Z',
    '2026-03-11T00:00:00.000Z',
    '2026-03-11T00:00:00.001Z',
  ])('of %s lives for 24 hours and no millisecond longer, whatever the maintenance does meanwhile', async (at) => {
    await rig.setClock(at);
    await maintain();
    expect(await rig.send('key')).toMatchObject({ replayed: false });
    for (const ms of [1, DAY_MS / 2, DAY_MS - 1]) {
      await rig.setClock(later(at, ms));
      await maintain();
      expect(await rig.send('key')).toMatchObject({ replayed: true });
    }
    await rig.setClock(later(at, DAY_MS));
    await maintain();
    expect(await rig.send('key', { hash: 'another request' })).toMatchObject({ replayed: false });
    expect(await rig.send('key', { hash: 'another request' })).toMatchObject({ replayed: true });
  });

  it('is one key on both sides of midnight, also while its first request is at work', async () => {
    await rig.setClock('2026-03-10T23:59:59.999Z');
    await maintain();
    const made = await rig.effectsOf(async () => {
      const first = await begun('midnight');
      await rig.setClock('2026-03-11T00:00:00.001Z');
      const second = rig.send('midnight');
      await rig.untilWaiting(1);
      first.release();
      expect(await first.answer).toMatchObject({ replayed: false });
      expect(await second).toMatchObject({ replayed: true });
    });
    expect(made).toBe(1);
    expect(await placesOf('midnight')).toEqual(['20260310']);
  });
});

describe('the maintenance', () => {
  it('makes four days ahead, and drops a day as a whole when its last key is dead', async () => {
    await rig.setClock('2026-03-10T12:00:00Z');
    await maintain();
    expect(await partitions()).toEqual([
      '20260309',
      '20260310',
      '20260311',
      '20260312',
      '20260313',
      '20260314',
      'spare',
    ]);
    await rig.send('old');
    await rig.setClock('2026-03-12T00:59:59Z');
    await maintain();
    expect(await placesOf('old')).toEqual(['20260310']);
    await rig.setClock('2026-03-12T01:00:00Z');
    await maintain();
    expect(await placesOf('old')).toEqual([]);
    expect(await partitions()).toEqual([
      '20260311',
      '20260312',
      '20260313',
      '20260314',
      '20260315',
      '20260316',
      'spare',
    ]);
  });

  it('may run in several processes at once, beside requests', async () => {
    await rig.setClock('2026-03-10T12:00:00Z');
    const sent = Array.from({ length: 20 }, (_, n) => rig.send(`beside-${n}`));
    // It waits for no request longer than its limit: then it gives up, and the next one does it.
    const maintenance = [1, 2, 3].map(() =>
      maintain().catch((error: unknown) => expect(error).toMatchObject({ driverError: { code: '55P03' } })),
    );
    await Promise.all([...maintenance, ...sent]);
    await maintain();
    expect(await partitions()).toHaveLength(7);
    for (let n = 0; n < 20; n += 1) {
      expect(await rig.send(`beside-${n}`)).toMatchObject({ replayed: true });
      expect(await placesOf(`beside-${n}`)).toEqual(['20260310']);
    }
  });

  it.each([
    ['make', () => rig.setClock('2026-03-11T12:00:00Z')],
    ['drop', () => addPartition('20260301', '20260302')],
  ])(
    'gives up soon when requests are at work and there is one to %s: no other waits long behind it',
    async (_, due) => {
      await rig.setClock('2026-03-10T12:00:00Z');
      await maintain();
      const before = await partitions();
      await due();
      const first = await begun('slow');
      const maintenance = maintain().catch((error: unknown) => error);
      await rig.untilWaiting(1);
      const began = performance.now();
      expect(await rig.send('quick')).toMatchObject({ replayed: false });
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(await maintenance).toMatchObject({ driverError: { code: '55P03' } });
      first.release();
      await first.answer;
      await maintain();
      expect((await partitions()).length).toBe(before.length);
      expect(await partitions()).not.toContain('20260301');
    },
  );
});

describe('a day without a partition', () => {
  it('fails no request, is told of, and is set right by the next maintenance', async () => {
    await rig.setClock('2026-03-10T12:00:00Z');
    await maintain();
    expect(await fewIdempotencyDays(rig.dataSource)).toBeUndefined();
    await rig.setClock('2026-03-13T12:00:00Z');
    expect(await fewIdempotencyDays(rig.dataSource)).toBe(2);
    await rig.setClock('2026-03-20T12:00:00Z');
    expect(await fewIdempotencyDays(rig.dataSource)).toBe(0);
    expect(await rig.send('homeless')).toMatchObject({ replayed: false });
    expect(await rig.send('homeless')).toMatchObject({ replayed: true });
    expect(await placesOf('homeless')).toEqual(['spare']);
    await maintain();
    expect(await placesOf('homeless')).toEqual(['20260320']);
    expect(await rig.send('homeless')).toMatchObject({ replayed: true });
    expect(await fewIdempotencyDays(rig.dataSource)).toBeUndefined();
  });
});

/** The statements of the release before, which knows idempotency_keys alone. */
const OLD_CLAIM = `
  INSERT INTO idempotency_keys AS held (customer_id, key, request_hash)
  VALUES ('ada', $1, 'h')
  ON CONFLICT (customer_id, key) DO UPDATE
    SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL, created_at = now()
    WHERE held.created_at < now() - interval '24 hours'
  RETURNING 1`;
const OLD_STORE = `
  UPDATE idempotency_keys SET status = 202, headers = $2::jsonb, body = $3::jsonb WHERE customer_id = 'ada' AND key = $1`;
const OLD_READ = "SELECT status, headers, body FROM idempotency_keys WHERE customer_id = 'ada' AND key = $1";

/** A request at a process of the release before: in the middle of its work. */
async function begunBefore(key: string) {
  const runner = rig.dataSource.createQueryRunner();
  await runner.startTransaction();
  expect(await runner.query(OLD_CLAIM, [key])).toHaveLength(1);
  return async () => {
    await runner.query(OLD_STORE, [key, JSON.stringify(ACCEPTED.headers), JSON.stringify(ACCEPTED.body)]);
    await runner.commitTransaction();
    await runner.release();
  };
}

describe('beside the release before', () => {
  it('keys that it had taken are known after the migration', async () => {
    await rig.dataSource.undoLastMigration();
    const insert = "INSERT INTO idempotency_keys SELECT 'ada', $1, 'h', 202, '{}', '{}', now() - $2::interval";
    await rig.dataSource.query(insert, ['young', '23 hours']);
    await rig.dataSource.query(insert, ['old', '25 hours']);
    expect(await runMigrations(rig.dataSource)).toHaveLength(1);
    expect(await rig.send('young')).toMatchObject({ replayed: true });
    expect(await rig.send('old', { hash: 'another request' })).toMatchObject({ replayed: false });
  });

  it('what it answers is answered here, and what is answered here by it', async () => {
    const finish = await begunBefore('theirs');
    await finish();
    expect(await rig.send('theirs')).toEqual({ ...ACCEPTED, replayed: true });
    expect(await rig.send('ours')).toMatchObject({ replayed: false });
    expect(await rig.dataSource.query(OLD_CLAIM, ['ours'])).toEqual([]);
    expect(await rig.dataSource.query(OLD_READ, ['ours'])).toEqual([ACCEPTED]);
  });

  it('one request at a time has a key, at whichever of the two', async () => {
    const finish = await begunBefore('busy');
    await expect(rig.send('busy', { via: rig.impatient })).rejects.toMatchObject({ code: 'IDEMPOTENCY-IN-FLIGHT' });
    const patient = rig.send('busy');
    await rig.untilWaiting(1);
    await finish();
    await expect(patient).rejects.toMatchObject({ code: 'IDEMPOTENCY-IN-FLIGHT' });
    expect(await rig.send('busy')).toEqual({ ...ACCEPTED, replayed: true });
    const first = await begun('ours');
    const theirs = rig.dataSource.query(OLD_CLAIM, ['ours']);
    await rig.untilWaiting(1);
    first.release();
    await first.answer;
    expect(await theirs).toEqual([]);
  });

  it('its table does not grow: two dead keys go with each new one', async () => {
    const insert = "INSERT INTO idempotency_keys SELECT 'ada', 'dead-' || n, 'h' FROM generate_series(1, 5) AS n";
    await rig.dataSource.query(insert);
    await rig.dataSource.query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'");
    for (const key of ['a', 'b', 'c']) await rig.send(key);
    expect(await rig.dataSource.query('SELECT key FROM idempotency_keys ORDER BY key')).toEqual(
      ['a', 'b', 'c'].map((key) => ({ key })),
    );
  });
});

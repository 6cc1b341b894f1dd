import { createDataSource, runMigrations, UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { createTestDatabase } from '@dozen/testing';
import type { DataSource } from 'typeorm';
import { IdempotencyKeys, IdempotencyKeys1767225600000, type StoredResponse } from '../src/index.js';

const ACCEPTED: StoredResponse = {
  status: 202,
  headers: { location: '/v1/orders/1' },
  body: { id: '1', total: [1, 2] },
};

describe('idempotency keys', () => {
  const keys = new IdempotencyKeys();
  let dataSource: DataSource;
  let units: UnitsOfWork;
  let impatient: UnitsOfWork;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = database.drop;
    dataSource = createDataSource({
      config: {
        DATABASE_URL: database.url,
        DATABASE_POOL_MAX: 30,
        DATABASE_POOL_IDLE_MS: 1000,
        DATABASE_POOL_LIFETIME_S: 60,
        DATABASE_CONNECT_TIMEOUT_MS: 5000,
      },
      service: 'http-test',
      entities: [],
      migrations: [IdempotencyKeys1767225600000],
    });
    await dataSource.initialize();
    await runMigrations(dataSource);
    await dataSource.query('CREATE TABLE effects (id text PRIMARY KEY)');
    const outbox = { write: () => Promise.resolve(), committed: () => undefined };
    units = new UnitsOfWork({ dataSource, outbox, policy: { lockTimeoutMs: 10_000 } });
    impatient = new UnitsOfWork({ dataSource, outbox, policy: { lockTimeoutMs: 200 } });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  /** One request with one effect; `during` runs while its transaction is open. */
  const send = (
    key: string,
    options: { customerId?: string; hash?: string; during?: () => Promise<void>; via?: UnitsOfWork } = {},
  ) =>
    (options.via ?? units).run((unit) =>
      keys.run(unit, { customerId: options.customerId ?? 'ada', key, requestHash: options.hash ?? 'h' }, async () => {
        await unit.manager.query('INSERT INTO effects VALUES ($1)', [newId()]);
        await options.during?.();
        return ACCEPTED;
      }),
    );
  const effects = async (): Promise<number> => {
    const rows: { n: number }[] = await dataSource.query('SELECT count(*)::int AS n FROM effects');
    return rows[0]?.n ?? -1;
  };
  const effectsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = await effects();
    await work();
    return (await effects()) - before;
  };

  it('answer a repeat with the stored response, and its work is not done again', async () => {
    const made = await effectsOf(async () => {
      expect(await send('repeat')).toEqual({ ...ACCEPTED, replayed: false });
      expect(await send('repeat')).toEqual({ ...ACCEPTED, replayed: true });
    });
    expect(made).toBe(1);
  });

  it('refuse the key of another request, but not of another customer', async () => {
    await send('taken');
    await expect(send('taken', { hash: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY-KEY-REUSED' });
    await expect(send('taken', { customerId: 'bob', hash: 'other' })).resolves.toMatchObject({ replayed: false });
  });

  it('let twenty equal requests at the same time do the work once, and give all the same answer', async () => {
    const answers: unknown[] = [];
    const made = await effectsOf(async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => send('burst')));
      answers.push(...all.map(({ replayed: _replayed, ...answer }) => answer));
    });
    expect(made).toBe(1);
    expect(answers).toEqual(Array.from({ length: 20 }, () => ACCEPTED));
  });

  it('tell an equal request to come back when the first takes longer than the lock timeout', async () => {
    let first: Promise<unknown> | undefined;
    const release = Promise.withResolvers<void>();
    const made = await effectsOf(async () => {
      await new Promise<void>((resolve) => {
        first = send('busy', { during: () => (resolve(), release.promise) });
      });
      await expect(send('busy', { via: impatient })).rejects.toMatchObject({ code: 'IDEMPOTENCY-IN-FLIGHT' });
      release.resolve();
      await first;
    });
    expect(made).toBe(1);
    expect(await send('busy')).toMatchObject({ replayed: true });
  });

  it('forget a request that failed, so that it may be sent again', async () => {
    const refused = Object.assign(new Error('no stock'), { code: 'ORD-X' });
    await expect(send('failed', { during: () => Promise.reject(refused) })).rejects.toBe(refused);
    expect(await send('failed', { hash: 'corrected' })).toMatchObject({ replayed: false });
  });

  it('let a waiting equal request be the first when the first one fails', async () => {
    let first: Promise<unknown> | undefined;
    const fail = Promise.withResolvers<void>();
    await new Promise<void>((resolve) => {
      first = send('handover', { during: () => (resolve(), fail.promise) });
    });
    const second = send('handover');
    fail.reject(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect(await second).toMatchObject({ replayed: false });
  });

  it('never store a refusal, even when one is returned', async () => {
    const run = units.run((unit) =>
      keys.run(unit, { customerId: 'ada', key: 'returned', requestHash: 'h' }, () =>
        Promise.resolve({ status: 409, headers: {}, body: null }),
      ),
    );
    await expect(run).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await send('returned')).toMatchObject({ replayed: false });
  });

  it('expire after 24 hours: the key is free again, and the purge takes what is left', async () => {
    const age = (key: string, hours: number) =>
      dataSource.query(`UPDATE idempotency_keys SET created_at = now() - make_interval(hours => $2) WHERE key = $1`, [
        key,
        hours,
      ]);
    await send('old');
    await age('old', 23);
    expect(await send('old')).toMatchObject({ replayed: true });
    await age('old', 25);
    expect(await send('old', { hash: 'other' })).toMatchObject({ replayed: false });
    expect(await send('old', { hash: 'other' })).toMatchObject({ replayed: true });

    await age('old', 25);
    expect(await units.run((unit) => keys.purge(unit))).toBe(1);
    expect(await units.run((unit) => keys.purge(unit))).toBe(0);
  });
});

import { DozenError } from '@dozen/kernel';
import { ProgressWatch } from '@dozen/shutdown';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { FetchedBatch } from '../broker/port.js';
import { messagingPolicy } from '../policy.js';
import { BlockedPartitions } from './blocked-partitions.js';
import { PartitionWorkers } from './partition-workers.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });

function batch(partition: number, epoch = 1, first = 0, count = 1): FetchedBatch {
  const records = Array.from({ length: count }, (_, n) => ({
    topic: 't',
    partition,
    offset: String(first + n),
    timestamp: 0,
    key: null,
    value: null,
    headers: {},
  }));
  return { epoch, topic: 't', partition, records };
}

type Process = (records: FetchedBatch['records']) => Promise<void>;

function workers(process: Process, progress = new ProgressWatch()) {
  const blocked = new BlockedPartitions();
  const handled: string[] = [];
  const whole = async (records: FetchedBatch['records']): Promise<number> => {
    await process(records);
    return records.length;
  };
  const pool = new PartitionWorkers({ startProcess: () => whole, progress, blocked, logger });
  const push = (fetched: FetchedBatch): void => {
    pool.push(fetched, {
      handled: ({ epoch, partition }, offset) => handled.push(`${epoch}:${partition}@${offset}`),
      done: ({ epoch, partition }) => handled.push(`${epoch}:${partition} done`),
    });
  };
  return { pool, push, handled, blocked };
}

const outage = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('the workers of the partitions', () => {
  it('go on while one hangs and another waits for the database', async () => {
    const { push, handled, pool } = workers(async ([record]) => {
      if (record?.partition === 0) await new Promise(() => undefined);
      if (record?.partition === 1) throw outage();
    });
    for (const partition of [0, 1, 2, 3]) push(batch(partition));
    push(batch(3, 1, 1));
    await eventually(() => {
      expect(handled).toEqual(['1:2@1', '1:2 done', '1:3@1', '1:3 done', '1:3@2', '1:3 done']);
    });
    void pool.dismiss();
  });

  it('report a slice of a batch as soon as it is in the database, and the batch when all of it is', async () => {
    const sizes: number[] = [];
    const { push, handled } = workers((records) => {
      sizes.push(records.length);
      return Promise.resolve();
    });
    push(batch(0, 1, 0, messagingPolicy.batchSize + 1));
    await eventually(() => {
      expect(handled).toEqual([`1:0@${messagingPolicy.batchSize}`, `1:0@${messagingPolicy.batchSize + 1}`, '1:0 done']);
    });
    expect(sizes).toEqual([messagingPolicy.batchSize, 1]);
  });

  it('take fewer records at a time when a transaction runs out of time, and more again in small steps', async () => {
    const sizes: number[] = [];
    const { push, handled } = workers((records) => {
      sizes.push(records.length);
      return records.length > 150 ? Promise.reject(new DozenError('UOW-DEADLINE', 'too long')) : Promise.resolve();
    });
    push(batch(0, 1, 0, 400));
    await eventually(() => {
      expect(handled.at(-1)).toBe('1:0 done');
    });
    expect(sizes).toEqual([400, 200, 100, 125, 150, 25]);
    expect(handled).toEqual(['1:0@100', '1:0@225', '1:0@375', '1:0@400', '1:0 done']);
  });

  it('say which of them stand still and why, until something moves or they are dismissed', async () => {
    const away = new Set([0, 1]);
    const { push, blocked, pool } = workers(([record]) =>
      away.has(record?.partition ?? -1) ? Promise.reject(outage()) : Promise.resolve(),
    );
    for (const partition of [0, 1, 2]) push(batch(partition));
    await eventually(() => {
      expect(blocked.describe()).toBe('t/0 for 0 s (ECONNREFUSED), t/1 for 0 s (ECONNREFUSED)');
    });
    away.delete(0);
    await eventually(() => {
      expect(blocked.describe()).toBe('t/1 for 0 s (ECONNREFUSED)');
    });
    await pool.finish();
    expect(blocked.describe()).toBeUndefined();
  });

  it('try again what failed, and drop it when they are dismissed', async () => {
    let tries = 0;
    const { push, handled, pool } = workers(() => {
      tries += 1;
      return Promise.reject(outage());
    });
    push(batch(0));
    await eventually(() => {
      expect(tries).toBeGreaterThan(1);
    });
    await pool.finish();
    const triesThen = tries;
    expect(handled).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(tries).toBe(triesThen);
  });
});

describe('workers that are dismissed', () => {
  it('tell it to the work in hand, and report as much of it as is done', async () => {
    const pool = new PartitionWorkers({
      startProcess:
        () =>
        async (_records, { signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return 2;
        },
      progress: new ProgressWatch(),
      blocked: new BlockedPartitions(),
      logger,
    });
    const said: string[] = [];
    pool.push(batch(0, 1, 10, 5), { handled: (_batch, offset) => said.push(offset), done: () => said.push('done') });
    await new Promise((resolve) => setImmediate(resolve));
    await pool.finish();
    expect(said).toEqual(['12']);
  });
});

describe('a new epoch', () => {
  it('lets the transaction in hand end, drops the rest, and begins only then', async () => {
    const gate = Promise.withResolvers<undefined>();
    const begun: string[] = [];
    const { push, handled, pool } = workers(async ([record]) => {
      begun.push(record?.offset ?? '');
      if (record?.offset === '0') await gate.promise;
    });
    push(batch(0, 1, 0));
    push(batch(0, 1, 1));
    await eventually(() => {
      expect(begun).toEqual(['0']);
    });
    void pool.dismiss();
    push(batch(0, 2, 7));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun).toEqual(['0']);
    gate.resolve(undefined);
    await eventually(() => {
      expect(begun).toEqual(['0', '7']);
    });
    expect(handled).toEqual(['1:0@1', '1:0 done', '2:0@8', '2:0 done']);
  });

  it('after another leaves one transaction per partition in hand, however many there were', async () => {
    const gate = Promise.withResolvers<undefined>();
    let inHand = 0;
    let most = 0;
    const { push, pool } = workers(async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await gate.promise;
      inHand -= 1;
    });
    for (let epoch = 1; epoch <= 20; epoch += 1) {
      push(batch(0, epoch));
      await new Promise((resolve) => setImmediate(resolve));
      void pool.dismiss();
    }
    gate.resolve(undefined);
    await pool.finish();
    expect(most).toBe(1);
  });
});

describe('progress', () => {
  it('is a wait for the database, for as long as it lasts', async () => {
    let now = 0;
    const progress = new ProgressWatch({ stalledAfterMs: 1000, now: () => now });
    const { push, pool } = workers(() => Promise.reject(outage()), progress);
    push(batch(0));
    await eventually(() => {
      expect(progress.check()).toMatchObject({ note: expect.stringContaining('ECONNREFUSED') as string });
    });
    now = 1e6;
    await eventually(() => {
      expect(progress.check()).toMatchObject({ ok: true, note: expect.anything() as string });
    });
    await pool.finish();
    expect(progress.check()).toEqual({ ok: true });
  });

  const idle = Object.assign(new Error('idle-in-transaction timeout'), { code: '25P03', severity: 'FATAL' });
  it.each([
    ['at our deadline', new DozenError('UOW-DEADLINE', 'too slow')],
    ["at the server's limit for an idle one", new DozenError('DB-CONNECTION-LOST', 'ended', { cause: idle })],
  ])('is not a handler whose transaction is ended again and again %s', async (_when, error) => {
    let now = 0;
    let tries = 0;
    const progress = new ProgressWatch({ stalledAfterMs: 1000, now: () => now });
    const { push, pool } = workers(() => {
      tries += 1;
      return Promise.reject(error);
    }, progress);
    push(batch(0));
    await eventually(() => {
      expect(tries).toBe(1);
    });
    now = 1001;
    await eventually(() => {
      expect(tries).toBeGreaterThan(2);
    });
    expect(progress.check()).toMatchObject({ ok: false, reason: 'no progress: t/0 (1 s)' });
    await pool.finish();
  });
});

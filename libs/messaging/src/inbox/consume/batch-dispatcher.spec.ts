import { DozenError } from '@dozen/kernel';
import { ProgressWatch } from '@dozen/shutdown';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { FetchedBatch } from '../../broker/port.js';
import { messagingPolicy } from '../../policy.js';
import { BlockedPartitions } from './blocked-partitions.js';
import { BatchDispatcher, type BatchDispatcherOptions } from './batch-dispatcher.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });

function batch(partition: number, generation = 1, first = 0, count = 1): FetchedBatch {
  const records = Array.from({ length: count }, (_, n) => ({
    topic: 't',
    partition,
    offset: String(first + n),
    timestamp: 0,
    key: null,
    value: null,
    headers: {},
  }));
  return { generation, topic: 't', partition, records };
}

type Process = BatchDispatcherOptions['process'];

function dispatcherWith(process: Process, progress = new ProgressWatch()) {
  const blocked = new BlockedPartitions();
  const handled: string[] = [];
  const whole = async (records: FetchedBatch['records']): Promise<number> => {
    await process(records);
    return records.length;
  };
  const isolate = () => ({ process: whole, over: true });
  const dispatcher = new BatchDispatcher({ process, isolate, progress, blocked, logger });
  const push = (fetched: FetchedBatch): void => {
    dispatcher.push(fetched, {
      handled: ({ generation, partition }, offset) => handled.push(`${generation}:${partition}@${offset}`),
      done: ({ generation, partition }) => handled.push(`${generation}:${partition} done`),
    });
  };
  return { dispatcher, push, handled, blocked };
}

const outage = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('partitions with a worker of their own', () => {
  it('go on while one hangs and another waits for the database', async () => {
    const { push, handled, dispatcher } = dispatcherWith(async ([record]) => {
      if (record?.partition === 0) await new Promise(() => undefined);
      if (record?.partition === 1) throw outage();
    });
    for (const partition of [0, 1, 2, 3]) push(batch(partition));
    push(batch(3, 1, 1));
    await eventually(() => {
      expect(handled).toEqual(['1:2@1', '1:2 done', '1:3@1', '1:3 done', '1:3@2', '1:3 done']);
    });
    void dispatcher.cancelQueued();
  });

  it('report a slice of a batch as soon as it is in the database, and the batch when all of it is', async () => {
    const sizes: number[] = [];
    const { push, handled } = dispatcherWith((records) => {
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
    const { push, handled } = dispatcherWith((records) => {
      sizes.push(records.length);
      return records.length > 75 ? Promise.reject(new DozenError('UOW-DEADLINE', 'too long')) : Promise.resolve();
    });
    push(batch(0, 1, 0, 160));
    await eventually(() => {
      expect(handled.at(-1)).toBe('1:0 done');
    });
    expect(sizes).toEqual([160, 80, 40, 65, 55]);
    expect(handled).toEqual(['1:0@40', '1:0@105', '1:0@160', '1:0 done']);
  });

  it('say which of them stand still and why, until something moves or they are cancelled', async () => {
    const away = new Set([0, 1]);
    const { push, blocked, dispatcher } = dispatcherWith(([record]) =>
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
    await dispatcher.finish();
    expect(blocked.describe()).toBeUndefined();
  });

  it('try again what failed, and drop it when they are cancelled', async () => {
    let tries = 0;
    const { push, handled, dispatcher } = dispatcherWith(() => {
      tries += 1;
      return Promise.reject(outage());
    });
    push(batch(0));
    await eventually(() => {
      expect(tries).toBeGreaterThan(1);
    });
    await dispatcher.finish();
    const triesThen = tries;
    expect(handled).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(tries).toBe(triesThen);
  });
});

/** As after their isolation: they have been in a transaction of their own. */
async function join(push: (fetched: FetchedBatch) => void, handled: string[], partitions: readonly number[]) {
  for (const partition of partitions) push(batch(partition));
  await eventually(() => {
    expect(handled).toHaveLength(2 * partitions.length);
  });
  handled.length = 0;
}

describe('partitions of one batch worker', () => {
  const [one, other, third] = [0, 1, 2].map((n) => n * messagingPolicy.batchWorkers) as [number, number, number];
  const places = (records: FetchedBatch['records']): string[] =>
    records.map(({ partition, offset }) => `${partition}@${offset}`);

  it('go together: whatever came while the last transaction ran is in the next one, each in its order', async () => {
    const gate = Promise.withResolvers<undefined>();
    const turns: string[][] = [];
    const { push, handled, dispatcher } = dispatcherWith(async (records) => {
      turns.push(places(records));
      if (records[0]?.offset === '1') await gate.promise;
    });
    await join(push, handled, [one, other, third]);
    turns.length = 0;
    push(batch(one, 1, 1));
    await eventually(() => {
      expect(turns).toEqual([[`${one}@1`]]);
    });
    push(batch(other, 1, 1, 2));
    push(batch(one, 1, 2));
    push(batch(third, 1, 1));
    push(batch(other, 1, 3));
    gate.resolve(undefined);
    await eventually(() => {
      expect(handled).toHaveLength(10);
    });
    expect(turns[1]).toEqual([1, 2, 3].map((n) => `${other}@${n}`).concat(`${third}@1`, `${one}@2`));
    const ofOther = handled.filter((word) => word.startsWith(`1:${other}`));
    expect(ofOther).toEqual([`1:${other}@3`, `1:${other} done`, `1:${other}@4`, `1:${other} done`]);
    await dispatcher.finish();
  });

  it('share a transaction that cannot hold them all: who was served waits behind who was not', async () => {
    const turns: number[][] = [];
    const { push, handled, dispatcher } = dispatcherWith((records) => {
      turns.push([...new Set(records.map(({ partition }) => partition))]);
      return Promise.resolve();
    });
    await join(push, handled, [one, other, third]);
    turns.length = 0;
    push(batch(one, 1, 1, 2 * messagingPolicy.batchSize));
    push(batch(other, 1, 1));
    push(batch(third, 1, 1));
    await eventually(() => {
      expect(handled.filter((word) => word.endsWith('done'))).toHaveLength(3);
    });
    expect(turns).toEqual([[one], [other, third, one], [one]]);
    await dispatcher.finish();
  });

  it('take part of a batch behind one that they take whole', async () => {
    const size = messagingPolicy.batchSize;
    const turns: string[] = [];
    const { push, handled, dispatcher } = dispatcherWith((records) => {
      turns.push(`${records[0]?.offset} to ${records.at(-1)?.offset}`);
      return Promise.resolve();
    });
    await join(push, handled, [one]);
    push(batch(one, 1, 1));
    push(batch(one, 1, 2, size));
    await eventually(() => {
      expect(handled).toEqual(
        [2, size + 1, size + 2].flatMap((n) => [`1:${one}@${n}`, `1:${one} done`]).toSpliced(3, 1),
      );
    });
    expect(turns.slice(1)).toEqual([`1 to ${size}`, `${size + 1} to ${size + 1}`]);
    await dispatcher.finish();
  });

  it('get workers of their own after a transaction that failed, and come back when one of those commits', async () => {
    let fails = true;
    const turns: string[][] = [];
    const { push, handled, dispatcher, blocked } = dispatcherWith((records) => {
      turns.push(places(records));
      return fails && records.some((record) => record.partition === one && record.offset === '1')
        ? Promise.reject(new DozenError('UOW-DEADLINE', 'it hangs'))
        : Promise.resolve();
    });
    await join(push, handled, [one, other, third]);
    turns.length = 0;
    push(batch(one, 1, 1));
    push(batch(other, 1, 1));
    await eventually(() => {
      expect(handled).toEqual([`1:${other}@2`, `1:${other} done`]);
      expect(blocked.describe()).toBe(`t/${one} for 0 s (UOW-DEADLINE)`);
    });
    expect(turns[0]).toEqual([`${one}@1`, `${other}@1`]);
    push(batch(third, 1, 1));
    await eventually(() => {
      expect(handled).toContain(`1:${third} done`);
    });
    fails = false;
    await eventually(() => {
      expect(handled).toContain(`1:${one} done`);
    });
    expect(turns.filter((turn) => turn.length > 1)).toHaveLength(1);
    turns.length = 0;
    for (const partition of [one, other, third]) push(batch(partition, 1, 2));
    await eventually(() => {
      expect(turns).toEqual([[`${one}@2`, `${other}@2`, `${third}@2`]]);
    });
    await dispatcher.finish();
  });

  it('take what waits behind a transaction that failed with them, in its order', async () => {
    let fails = false;
    const done: string[] = [];
    const { push, handled, dispatcher } = dispatcherWith((records) => {
      if (fails) {
        fails = false;
        return Promise.reject(outage());
      }
      done.push(...places(records));
      return Promise.resolve();
    });
    await join(push, handled, [one, other]);
    done.length = 0;
    fails = true;
    push(batch(one, 1, 1));
    push(batch(other, 1, 1));
    for (const first of [2, 3]) push(batch(one, 1, first));
    await eventually(() => {
      expect(done.filter((place) => place.startsWith(`${one}@`))).toEqual(
        [1, 2, 3].map((offset) => `${one}@${offset}`),
      );
      expect(done).toContain(`${other}@1`);
    });
    await dispatcher.finish();
  });

  it('are not begun anew before the transaction of their last assignment has ended', async () => {
    const gate = Promise.withResolvers<undefined>();
    const begun: string[] = [];
    const { push, handled, dispatcher } = dispatcherWith(async (records) => {
      begun.push(...places(records));
      if (records[0]?.offset === '1' && records[0].partition === one) await gate.promise;
    });
    await join(push, handled, [one, other]);
    push(batch(one, 1, 1));
    await eventually(() => {
      expect(begun).toContain(`${one}@1`);
    });
    void dispatcher.cancelQueued();
    push(batch(one, 2, 1));
    push(batch(other, 2, 1));
    await eventually(() => {
      expect(handled).toEqual([`2:${other}@2`, `2:${other} done`]);
    });
    begun.length = 0;
    gate.resolve(undefined);
    await eventually(() => {
      expect(begun).toEqual([`${one}@1`]);
      expect(handled.filter((word) => word.includes(`:${one}@`))).toEqual([`1:${one}@2`, `2:${one}@2`]);
    });
    await dispatcher.finish();
  });
});

describe('partitions whose queued work is cancelled', () => {
  it('tell it to the work in flight, and report as much of it as is done', async () => {
    const dispatcher = new BatchDispatcher({
      process: () => Promise.resolve(),
      isolate: () => ({
        over: false,
        process: async (_records, { signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return 2;
        },
      }),
      progress: new ProgressWatch(),
      blocked: new BlockedPartitions(),
      logger,
    });
    const said: string[] = [];
    const handled = (_batch: FetchedBatch, offset: string): void => void said.push(offset);
    dispatcher.push(batch(0, 1, 10, 5), { handled, done: () => said.push('done') });
    await new Promise((resolve) => setImmediate(resolve));
    await dispatcher.finish();
    expect(said).toEqual(['12']);
  });
});

describe('a new generation', () => {
  it('lets the transaction in flight end, drops the rest, and begins only then', async () => {
    const gate = Promise.withResolvers<undefined>();
    const begun: string[] = [];
    const { push, handled, dispatcher } = dispatcherWith(async ([record]) => {
      begun.push(record?.offset ?? '');
      if (record?.offset === '0') await gate.promise;
    });
    push(batch(0, 1, 0));
    push(batch(0, 1, 1));
    await eventually(() => {
      expect(begun).toEqual(['0']);
    });
    void dispatcher.cancelQueued();
    push(batch(0, 2, 7));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun).toEqual(['0']);
    gate.resolve(undefined);
    await eventually(() => {
      expect(begun).toEqual(['0', '7']);
    });
    expect(handled).toEqual(['1:0@1', '1:0 done', '2:0@8', '2:0 done']);
  });

  it('after another leaves one transaction per partition in flight, however many there were', async () => {
    const gate = Promise.withResolvers<undefined>();
    let inFlight = 0;
    let most = 0;
    const { push, dispatcher } = dispatcherWith(async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await gate.promise;
      inFlight -= 1;
    });
    for (let generation = 1; generation <= 20; generation += 1) {
      push(batch(0, generation));
      await new Promise((resolve) => setImmediate(resolve));
      void dispatcher.cancelQueued();
    }
    gate.resolve(undefined);
    await dispatcher.finish();
    expect(most).toBe(1);
  });
});

describe('progress', () => {
  it('is a wait for the database, for as long as it lasts', async () => {
    let now = 0;
    const progress = new ProgressWatch({ stalledAfterMs: 1000, now: () => now });
    const { push, dispatcher } = dispatcherWith(() => Promise.reject(outage()), progress);
    push(batch(0));
    await eventually(() => {
      expect(progress.check()).toMatchObject({ note: expect.stringContaining('ECONNREFUSED') as string });
    });
    now = 1e6;
    await eventually(() => {
      expect(progress.check()).toMatchObject({ ok: true, note: expect.anything() as string });
    });
    await dispatcher.finish();
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
    const { push, dispatcher } = dispatcherWith(() => {
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
    await dispatcher.finish();
  });
});

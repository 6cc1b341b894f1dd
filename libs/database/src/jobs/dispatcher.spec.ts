import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createLogger } from '@dozen/telemetry';
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import { Dispatcher } from './dispatcher.js';
import type { HeldJob } from './held-job.js';
import { jobsPolicy } from './policy.js';
import { defineJob } from './queue.js';

const PLACES = 3;
const PAUSE_MS = jobsPolicy.dueLookMs;
const HEARTBEAT_MS = jobsPolicy.heartbeatRefreshSeconds * 1000;
const logger = createLogger({ service: 'under-test', release: 'test', level: 'silent' });
const queue = defineJob({
  name: 'queue',
  schema: z.unknown(),
  retryLimit: 1,
  retryDelayS: 0,
  retryBackoff: false,
  expireInSeconds: 60,
  concurrency: PLACES,
});

/** A queue in memory, whose fetches wait while `held` is set and are noted by how many jobs they asked for. */
class MemoryQueue {
  readonly waiting: string[] = [];
  readonly asked: number[] = [];
  readonly givenBack: string[] = [];
  readonly touched: string[] = [];
  broken = false;
  held: Promise<void> | undefined;

  readonly boss = {
    fetch: async (_name: string, { batchSize }: { batchSize: number }): Promise<JobWithMetadata[]> => {
      this.asked.push(batchSize);
      await this.held;
      if (this.broken) throw new Error('the database is away');
      return this.waiting.splice(0, batchSize).map((id) => jobOf(id));
    },
    getDb: () => ({
      executeSql: (_sql: string, [, id]: [string, string]) => Promise.resolve(void this.givenBack.push(id)),
    }),
    touch: (_name: string, { id }: { id: string }) => Promise.resolve({ affected: this.touched.push(id) }),
  } as unknown as PgBoss;
}

function jobOf(id: string): JobWithMetadata {
  return { id, name: 'queue', retryCount: 0, retryLimit: 1, expireInSeconds: 60 } as JobWithMetadata;
}

/** Attempts that end when the test says so. */
class Attempts {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  readonly attempt = ({ job }: HeldJob): Promise<void> => {
    this.begun.push(job.id);
    return new Promise((resolve) => this.#ends.set(job.id, resolve));
  };

  end(id: string): void {
    this.#ends.get(id)?.();
    this.#ends.delete(id);
  }

  endAll(): void {
    for (const id of this.#ends.keys()) this.end(id);
  }
}

let memory: MemoryQueue;
let attempts: Attempts;
let dispatcher: Dispatcher;

async function start(...waiting: string[]): Promise<void> {
  memory.waiting.push(...waiting);
  dispatcher = new Dispatcher({ boss: memory.boss, logger, queue, attempt: attempts.attempt });
  await settled();
}

/** Past every continuation that needs no timer. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

beforeEach(() => {
  memory = new MemoryQueue();
  attempts = new Attempts();
});
afterEach(async () => {
  attempts.endAll();
  await dispatcher.stop(0);
});

describe('the dispatcher of a queue', () => {
  it('fetches as many jobs as there are free places, and the rest as places become free', async () => {
    await start('a', 'b', 'c', 'd', 'e');
    expect([memory.asked, attempts.begun]).toEqual([[3], ['a', 'b', 'c']]);
    attempts.end('a');
    attempts.end('c');
    await settled();
    expect(attempts.begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    attempts.endAll();
    await settled();
    expect(memory.waiting).toEqual([]);
  });

  it('fetches once for one job: not again when it ends', async () => {
    await start();
    memory.waiting.push('a');
    dispatcher.wake();
    await settled();
    attempts.end('a');
    await settled();
    expect([memory.asked, attempts.begun]).toEqual([[3, 3], ['a']]);
  });

  it('lets go of a job when its attempt has ended: its heartbeat ends', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      await start('a');
      await jest.advanceTimersByTimeAsync(1.5 * HEARTBEAT_MS);
      attempts.end('a');
      await settled();
      await jest.advanceTimersByTimeAsync(3 * HEARTBEAT_MS);
      expect(memory.touched).toEqual(['a']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('makes one fetch of the calls that come while another is under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    memory.held = promise;
    await start();
    for (let call = 0; call < 50; call += 1) dispatcher.wake();
    await settled();
    expect(memory.asked).toEqual([3]);
    resolve();
    await settled();
    expect(memory.asked).toEqual([3, 3]);
  });

  it('keeps a call that comes while no place is free', async () => {
    await start('a', 'b', 'c');
    memory.waiting.push('d');
    dispatcher.wake();
    await settled();
    expect(memory.asked).toEqual([3]);
    attempts.end('b');
    await settled();
    expect([memory.asked, attempts.begun]).toEqual([
      [3, 1],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('tries no more often than others look while the database is away, and goes on when it is back', async () => {
    memory.broken = true;
    await start('a');
    for (let call = 0; call < 15; call += 1) {
      dispatcher.wake();
      await sleep(PAUSE_MS / 10);
    }
    expect(memory.asked.length).toBeLessThanOrEqual(3);
    memory.broken = false;
    await sleep(PAUSE_MS);
    dispatcher.wake();
    await settled();
    expect(attempts.begun).toEqual(['a']);
  });
});

describe('stopping it', () => {
  it('ends at once when the last job in flight has ended, and fetches no more', async () => {
    await start('a');
    memory.waiting.push('b');
    const began = performance.now();
    const stopped = dispatcher.stop(60_000);
    dispatcher.wake();
    attempts.end('a');
    await stopped;
    expect(performance.now() - began).toBeLessThan(5_000);
    expect([attempts.begun, memory.givenBack]).toEqual([['a'], []]);
  });

  it('gives back what a fetch under way brings after the time for it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    memory.held = promise;
    await start('late');
    const stopped = dispatcher.stop(10);
    await sleep(50);
    resolve();
    await stopped;
    expect([attempts.begun, memory.givenBack]).toEqual([[], ['late']]);
  });
});

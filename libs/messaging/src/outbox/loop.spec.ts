import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { BrokerPort } from '../broker/port.js';
import { messagingPolicy as policy } from '../policy.js';
import { LowWatermarks } from './low-watermarks.js';
import type { LeaseHolder } from './lease-holder.js';
import { RelayLoop } from './loop.js';
import type { OutboxRow, OutboxStore, Reading } from './store.js';

/** An outbox in memory, of one shard. */
class MemoryOutbox {
  readonly sent: string[] = [];
  reads = 0;
  /** Called once, while a batch is being sent. */
  duringSend: (() => void) | undefined;
  #rows: OutboxRow[] = [];
  #seq = 0;
  #gone = Promise.withResolvers<void>();

  readonly store = {
    lowest: ({ limit, perShard }: Reading) => {
      this.reads += 1;
      return Promise.resolve(this.#rows.slice(0, Math.min(limit, perShard)));
    },
    delete: (rows: readonly OutboxRow[]) => {
      this.#rows = this.#rows.slice(rows.length);
      if (this.#rows.length === 0) {
        this.#gone.resolve();
        this.#gone = Promise.withResolvers();
      }
      return Promise.resolve();
    },
  } as unknown as OutboxStore;

  readonly broker = {
    producer: () =>
      Promise.resolve({
        send: (rows: readonly OutboxRow[]) => {
          this.sent.push(...rows.map(({ seq }) => seq));
          this.duringSend?.();
          this.duringSend = undefined;
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      }),
  } as unknown as BrokerPort;

  commit(rows = 1): void {
    for (let row = 0; row < rows; row += 1) {
      this.#seq += 1;
      this.#rows.push({ shard: 0, seq: String(this.#seq), topic: 't', key: 'k', headers: {}, value: '{}' });
    }
  }

  /** Resolves when every row has been sent. */
  get empty(): Promise<void> {
    return this.#gone.promise;
  }
}

let outbox: MemoryOutbox;
let loop: RelayLoop;
let stopping: AbortController;
let running: Promise<void>;

beforeEach(() => {
  outbox = new MemoryOutbox();
  stopping = new AbortController();
  loop = new RelayLoop({
    broker: outbox.broker,
    store: outbox.store,
    leaseHolder: { begin: () => Promise.resolve([0]), done: () => undefined } as unknown as LeaseHolder,
    lowWatermarks: new LowWatermarks(),
    refused: { some: false },
    logger: createLogger({ service: 'test', release: 'test', level: 'silent' }),
    stopping: stopping.signal,
  });
  running = loop.run();
});

afterEach(async () => {
  stopping.abort();
  loop.wake();
  await running;
});

const LOOKS = 30;

/** Past the first look of the loop. */
const idle = (): Promise<void> => sleep(4 * policy.relayPaceMs);

/** Announces one after the other; returns when the first was made. */
async function commits(pause: () => Promise<unknown>): Promise<number> {
  await idle();
  outbox.reads = 0;
  const began = performance.now();
  for (let commit = 0; commit < LOOKS; commit += 1) {
    outbox.commit();
    loop.wake();
    await pause();
  }
  return began;
}

describe('the loop of a relay', () => {
  it('looks once for each commit that is announced, and hardly in between', async () => {
    const began = await commits(async () => {
      await outbox.empty;
      await sleep(20);
    });
    const polls = Math.ceil((performance.now() - began) / policy.relayPollMs);
    expect(outbox.sent).toHaveLength(LOOKS);
    expect(outbox.reads).toBeLessThanOrEqual(LOOKS + polls);
  });

  it('finds rows that nobody announced', async () => {
    await idle();
    const began = performance.now();
    outbox.commit();
    await outbox.empty;
    expect(performance.now() - began).toBeLessThan(2 * policy.relayPollMs);
  });

  it('lets rows that are committed soon after each other gather', async () => {
    const began = await commits(() => sleep(1));
    await eventually(() => {
      expect(outbox.sent).toHaveLength(LOOKS);
    });
    // A timer may be early by a part of a millisecond.
    expect(outbox.reads).toBeLessThanOrEqual((performance.now() - began) / (policy.relayPaceMs - 1) + 2);
  });

  it('reads on at once after a read that may have left rows', async () => {
    await idle();
    const began = performance.now();
    outbox.commit(5 * policy.relayBatch);
    loop.wake();
    await outbox.empty;
    expect(performance.now() - began).toBeLessThan(policy.relayPollMs);
    expect(outbox.sent).toHaveLength(5 * policy.relayBatch);
  });

  it('keeps an announcement that comes while it sends', async () => {
    await idle();
    const began = performance.now();
    outbox.commit();
    outbox.duringSend = () => {
      outbox.commit();
      loop.wake();
    };
    loop.wake();
    await outbox.empty;
    expect(performance.now() - began).toBeLessThan(policy.relayPollMs / 2);
    expect(outbox.sent).toHaveLength(2);
  });
});

describe('the loop of a relay that is closed', () => {
  it('closes a producer that was still being opened, and sends nothing by it', async () => {
    const opened = Promise.withResolvers<undefined>();
    const said: string[] = [];
    const asked = Promise.withResolvers<undefined>();
    outbox.broker.producer = async () => {
      asked.resolve(undefined);
      await opened.promise;
      return {
        send: () => {
          said.push('sent');
          return Promise.resolve();
        },
        close: () => {
          said.push('closed');
          return Promise.resolve();
        },
      };
    };
    outbox.commit();
    loop.wake();
    await asked.promise;
    stopping.abort();
    await loop.close();
    opened.resolve(undefined);
    await running;
    expect(said).toEqual(['closed']);
  });
});

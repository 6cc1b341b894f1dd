import { setTimeout as sleep } from 'node:timers/promises';
import { ProgressWatch } from '@dozen/shutdown';
import { createLogger, type Logger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { BrokerConsumer, BrokerPort, ConsumerOptions } from '../../broker/port.js';
import { messagingPolicy } from '../../policy.js';
import { BlockedPartitions } from './blocked-partitions.js';
import { BatchDispatcher } from './batch-dispatcher.js';
import { ClientSupervisor } from './client-supervisor.js';

const SILENT_MS = 60;
const LOOK_MS = 5;

interface Client {
  readonly options: ConsumerOptions;
  joined: boolean;
  stopped: boolean;
}

const open: ClientSupervisor[] = [];

afterEach(() => {
  for (const left of open.splice(0)) left.close();
});

/** Clients that begin to join and hear nothing, until the test says that one has joined. */
function supervised(
  options: {
    ping?: () => Promise<void>;
    leaving?: Promise<void>;
    silentMs?: number;
    process?: () => Promise<void>;
    commit?: () => Promise<void>;
    /** What a client's start comes to; it hangs unless given. `left` settles when the client is stopped. */
    start?: (nth: number, left: Promise<void>) => Promise<void>;
  } = {},
) {
  const clients: Client[] = [];
  const consumer = (given: ConsumerOptions): BrokerConsumer => {
    const client: Client = { options: given, joined: false, stopped: false };
    const nth = clients.push(client);
    const left = Promise.withResolvers<undefined>();
    return {
      get joined() {
        return client.joined;
      },
      outOfRange: [],
      start: () =>
        options.start?.(
          nth,
          left.promise.then(() => undefined),
        ) ?? new Promise(() => undefined),
      commit: options.commit ?? (() => Promise.resolve()),
      done: () => undefined,
      pauseAll: () => undefined,
      stop: async () => {
        client.stopped = true;
        left.resolve(undefined);
        await options.leaving;
      },
    };
  };
  const broker: BrokerPort = {
    consumer,
    producer: () => Promise.reject(new Error('not here')),
    ensureTopics: () => Promise.resolve([]),
    partitionCounts: () => Promise.resolve(new Map()),
    ping: options.ping ?? (() => Promise.resolve()),
    close: () => Promise.resolve(),
  };
  const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
  const process = async (): Promise<void> => {
    await options.process?.();
  };
  const dispatcher = new BatchDispatcher({
    process,
    isolate: () => ({
      over: true,
      process: async (records) => {
        await process();
        return records.length;
      },
    }),
    progress: new ProgressWatch(),
    blocked: new BlockedPartitions(),
    logger,
  });
  const fatal: unknown[] = [];
  const warned: string[] = [];
  const warn = (_facts: object, text: string): void => void warned.push(text);
  const supervisor = new ClientSupervisor({
    group: 'g',
    broker,
    dispatcher,
    logger: Object.assign(Object.create(logger) as Logger, { warn }),
    silentMs: options.silentMs ?? SILENT_MS,
    lookMs: LOOK_MS,
    onFatal: (error) => fatal.push(error),
  });
  open.push(supervisor);
  const opening = supervisor.open(['t']);
  const count = (n: number): Promise<void> =>
    eventually(() => {
      expect(clients.length).toBeGreaterThanOrEqual(n);
    });
  return { supervisor, opening, clients, fatal, warned, count };
}

describe('a client that hears nothing of its group although the broker answers', () => {
  it('is stopped and replaced, as often as it takes, while the silence is told on', async () => {
    const { supervisor, clients, count } = supervised();
    await count(3);
    expect(clients.map(({ stopped }) => stopped)).toEqual([true, true, false]);
    expect(supervisor.silentMs).toBeGreaterThan(SILENT_MS);
    await supervisor.leave();
    expect(clients[2]?.stopped).toBe(true);
  });

  it('is no crash: those that follow are counted from none', async () => {
    const { clients, fatal, count } = supervised();
    await count(2);
    for (let nth = 1; nth < messagingPolicy.crashesInARow; nth += 1) {
      const client = clients.at(-1);
      if (client === undefined) throw new Error('no client');
      client.joined = true;
      client.options.onCrash(new Error('crash'));
      await count(clients.length + 1);
      expect(fatal).toEqual([]);
    }
  });

  it('gets its successor once, also when it crashes meanwhile', async () => {
    const leaving = Promise.withResolvers<undefined>();
    const { clients, warned, count } = supervised({ leaving: leaving.promise as Promise<unknown> as Promise<void> });
    await eventually(() => {
      expect(clients[0]?.stopped).toBe(true);
    });
    clients[0]?.options.onCrash(new Error('late'));
    await sleep(SILENT_MS);
    expect(warned).toEqual([expect.stringMatching('does not answer'), 'the consumer gets a new client']);
    leaving.resolve(undefined);
    await count(2);
    for (const client of clients) client.joined = true;
    await sleep(messagingPolicy.retry.firstMs * 4);
    expect(clients).toHaveLength(2);
  });

  it('gets none when the consumer is stopped meanwhile', async () => {
    const leaving = Promise.withResolvers<undefined>();
    const { supervisor, clients } = supervised({ leaving: leaving.promise as Promise<unknown> as Promise<void> });
    await eventually(() => {
      expect(clients[0]?.stopped).toBe(true);
    });
    supervisor.close();
    leaving.resolve(undefined);
    await sleep(SILENT_MS);
    expect(clients).toHaveLength(1);
  });
});

describe('a start that comes to nothing', () => {
  const whenLeft = async (_nth: number, left: Promise<void>): Promise<void> => {
    await left;
    throw new Error('left before it had joined');
  };

  it('because its client is being replaced is no failure: nobody is to begin another beside the successor', async () => {
    const leaving = Promise.withResolvers<undefined>();
    const { opening, clients, count } = supervised({
      start: whenLeft,
      leaving: leaving.promise as Promise<unknown> as Promise<void>,
    });
    await eventually(() => {
      expect(clients[0]?.stopped).toBe(true);
    });
    await expect(Promise.race([opening, sleep(20)])).resolves.toBeUndefined();
    leaving.resolve(undefined);
    await count(2);
    await expect(opening).resolves.toBeUndefined();
  });

  it('is told to whoever supervisor, who tries again: until then nobody else begins a client', async () => {
    const { supervisor, opening, clients } = supervised({
      start: (nth) => (nth === 1 ? Promise.reject(new Error('refused')) : new Promise(() => undefined)),
    });
    await expect(opening).rejects.toThrow('refused');
    await sleep(SILENT_MS * 2);
    expect(clients).toHaveLength(1);
    void supervisor.open(['t']);
    expect(clients.map(({ stopped }) => stopped)).toEqual([true, false]);
  });
});

describe('no client is replaced', () => {
  it('during an outage of the broker, and after it each has its time', async () => {
    let away = true;
    const { supervisor, clients, count } = supervised({
      ping: () => (away ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    await sleep(SILENT_MS * 4);
    expect(clients).toHaveLength(1);
    expect(supervisor.silentMs).toBe(0);
    const backAt = performance.now();
    away = false;
    await count(2);
    expect(performance.now() - backAt).toBeGreaterThanOrEqual(SILENT_MS);
  });

  it('while it is a member, or joins anew now and then', async () => {
    // Longer than a busy machine may let this test wait between two joins.
    const silentMs = 600;
    const { clients } = supervised({ silentMs });
    for (let n = 0; n < 12; n += 1) {
      clients[0]?.options.onAssigned(n);
      await sleep(silentMs / 10);
    }
    const [client] = clients;
    if (client === undefined) throw new Error('no client');
    client.joined = true;
    await sleep(silentMs * 1.2);
    expect(clients).toHaveLength(1);
  });
});

describe('a rebalance', () => {
  const gate = () => Promise.withResolvers<undefined>();
  const record = { topic: 't', partition: 0, offset: '0', timestamp: 0, key: null, value: null, headers: {} };

  it('has to wait for a transaction that is in flight, and for the commit of its offset', async () => {
    const [begun, transaction, committed] = [gate(), gate(), gate()];
    const { clients } = supervised({
      silentMs: 60_000,
      process: async () => {
        begun.resolve(undefined);
        await transaction.promise;
      },
      commit: async () => {
        await committed.promise;
      },
    });
    const client = clients[0];
    if (client === undefined) throw new Error('no client');
    expect(client.options.onRevoked()).toBeUndefined();
    client.options.onBatch({ generation: 1, topic: 't', partition: 0, records: [record] });
    await begun.promise;
    let over = false;
    const waiting = client.options.onRevoked()?.then(() => {
      over = true;
    });
    transaction.resolve(undefined);
    await sleep(20);
    expect(over).toBe(false);
    // Nothing is in flight any more, and yet not all is committed.
    expect(client.options.onRevoked()).toBeDefined();
    committed.resolve(undefined);
    await waiting;
    expect(over).toBe(true);
    expect(client.options.onRevoked()).toBeUndefined();
  });

  it('does not wait for a transaction of an assignment that is over: it cannot be committed', async () => {
    const { clients } = supervised({ silentMs: 60_000, process: () => new Promise(() => undefined) });
    const client = clients[0];
    if (client === undefined) throw new Error('no client');
    client.options.onBatch({ generation: 1, topic: 't', partition: 0, records: [record] });
    await sleep(5);
    client.options.onAssigned(2);
    expect(client.options.onRevoked()).toBeUndefined();
  });
});

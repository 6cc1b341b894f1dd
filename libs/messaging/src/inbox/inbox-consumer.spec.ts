import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { newId, systemClock } from '@dozen/kernel';
import { ProgressWatch } from '@dozen/shutdown';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { DataSource } from 'typeorm';
import type { BrokerConsumer, BrokerPort, ConsumerOptions, FetchedBatch } from '../broker/port.js';
import { messagingPolicy } from '../policy.js';
import { HandlerRegistry } from './handle/handlers.js';
import { InboxConsumer } from './inbox-consumer.js';

interface Client {
  readonly options: ConsumerOptions;
  readonly said: string[];
}

/** Clients that do what the test makes them do. */
function fakeBroker(start: (nth: number) => Promise<void> = () => Promise.resolve()) {
  const clients: Client[] = [];
  const consumer = (options: ConsumerOptions): BrokerConsumer => {
    const said: string[] = [];
    const nth = clients.push({ options, said });
    return {
      joined: true,
      outOfRange: [{ topic: 'orders.events', partition: 3, offset: '17' }],
      start: () => start(nth),
      commit: () => Promise.resolve(),
      done: ({ generation }) => said.push(`resume ${generation}`),
      pauseAll: () => said.push('pauseAll'),
      stop: () => {
        said.push('stop');
        return Promise.resolve();
      },
    };
  };
  const broker: BrokerPort = {
    consumer,
    producer: () => Promise.reject(new Error('not here')),
    ensureTopics: () => Promise.resolve([]),
    partitionCounts: () => Promise.resolve(new Map()),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { broker, clients };
}

function consumerOn(
  broker: BrokerPort,
  transaction: () => Promise<void> = () => Promise.resolve(),
  query: (text: string) => Promise<unknown[]> = () => Promise.resolve([]),
) {
  const fatal: unknown[] = [];
  const inbox = new InboxConsumer({
    consumer: 'c',
    broker,
    dataSource: { transaction, query } as unknown as DataSource,
    outbox: { statementOf: () => ({ text: '', values: [] }), committed: () => undefined },
    clock: systemClock,
    logger: createLogger({ service: 'test', release: 'test', level: 'silent' }),
    progress: new ProgressWatch(),
    handlers: new HandlerRegistry(),
    onFatal: (error) => fatal.push(error),
  });
  return { inbox, fatal };
}

const clientNumber = (clients: Client[], nth: number): Promise<Client> =>
  eventually(() => {
    const client = clients[nth - 1];
    if (client === undefined) throw new Error(`${clients.length} clients`);
    return client;
  });

describe('a client that gives up', () => {
  it('is stopped and replaced, and so many in a row are fatal, also when each one joined before', async () => {
    const { broker, clients } = fakeBroker();
    const { inbox, fatal } = consumerOn(broker);
    inbox.start();
    for (let nth = 1; nth <= messagingPolicy.crashesInARow; nth += 1) {
      expect(fatal).toEqual([]);
      const { options } = await clientNumber(clients, nth);
      options.onAssigned(1);
      options.onCrash(new Error(`crash ${nth}`));
    }
    expect(fatal).toMatchObject([{ message: `crash ${messagingPolicy.crashesInARow}` }]);
    expect(clients.slice(0, -1).every(({ said }) => said.includes('stop'))).toBe(true);
    await inbox.stop();
  });

  it('is not replaced after a stop', async () => {
    const { broker, clients } = fakeBroker();
    const { inbox, fatal } = consumerOn(broker);
    inbox.start();
    const { options } = await clientNumber(clients, 1);
    await inbox.stop();
    options.onCrash(new Error('late'));
    await sleep(messagingPolicy.retry.firstMs * 4);
    expect(clients).toHaveLength(1);
    expect(fatal).toEqual([]);
  });

  it('may fail to start again: that counts as a crash, and is no unhandled rejection', async () => {
    const { broker, clients } = fakeBroker((nth) =>
      nth === 2 ? Promise.reject(new Error('refused')) : Promise.resolve(),
    );
    const { inbox, fatal } = consumerOn(broker);
    inbox.start();
    (await clientNumber(clients, 1)).options.onCrash(new Error('crash'));
    await clientNumber(clients, 3);
    expect(clients[1]?.said).toContain('stop');
    expect(fatal).toEqual([]);
    await inbox.stop();
  });
});

describe('a stop', () => {
  it('while the database is still waited for begins nothing later', async () => {
    const { broker, clients } = fakeBroker();
    const database = Promise.withResolvers<undefined>();
    const { inbox } = consumerOn(broker, () => database.promise as Promise<unknown> as Promise<void>);
    inbox.start();
    await inbox.stop();
    database.resolve(undefined);
    await sleep(50);
    expect(clients).toEqual([]);
  });

  it('while the client begins leaves no timer behind, and renews no membership', async () => {
    const started = Promise.withResolvers<undefined>();
    const { broker, clients } = fakeBroker(() => started.promise as Promise<unknown> as Promise<void>);
    const asked: string[] = [];
    const { inbox } = consumerOn(broker, undefined, (text) => Promise.resolve(void asked.push(text) as unknown as []));
    const [set, cleared] = [jest.spyOn(globalThis, 'setInterval'), jest.spyOn(globalThis, 'clearInterval')];
    inbox.start();
    await clientNumber(clients, 1);
    await inbox.stop();
    started.resolve(undefined);
    await sleep(20);
    const timers = set.mock.results.map(({ value }): unknown => value);
    expect(cleared.mock.calls.map(([timer]): unknown => timer)).toEqual(expect.arrayContaining(timers));
    set.mockRestore();
    cleared.mockRestore();
    const before = asked.length;
    expect(asked.join()).toContain('consumer_members');
    await sleep(1.1 * messagingPolicy.memberRenewMs);
    expect(asked).toHaveLength(before);
  });
});

/** One event of a type that nobody here handles: it is in flight, and then passed over. */
function foreignBatch(generation: number): FetchedBatch {
  const headers = {
    ce_specversion: '1.0',
    ce_id: newId(),
    ce_type: 'dozen.Foreign.v1',
    ce_source: '/test',
    ce_time: new Date().toISOString(),
  };
  const record = {
    topic: 't',
    partition: 0,
    offset: '0',
    timestamp: 0,
    key: Buffer.from('k'),
    value: Buffer.from('{}'),
    headers,
  };
  return { generation, topic: 't', partition: 0, records: [record] };
}

/** Whose answer to what a partition's first batch asks is held back. */
function heldDatabase() {
  const gate = Promise.withResolvers<undefined>();
  const database = {
    asked: 0,
    release: () => {
      gate.resolve(undefined);
    },
    query: async (text: string): Promise<unknown[]> => {
      if (!text.includes('AS unclean')) return [];
      database.asked += 1;
      await gate.promise;
      return [];
    },
  };
  return database;
}

describe('a new assignment', () => {
  it('drops what the last one left in the queue; what is in flight ends', async () => {
    const { broker, clients } = fakeBroker();
    const database = heldDatabase();
    const { inbox } = consumerOn(broker, undefined, database.query);
    inbox.start();
    const { options, said } = await clientNumber(clients, 1);
    options.onAssigned(1);
    options.onBatch(foreignBatch(1));
    options.onBatch(foreignBatch(1));
    await eventually(() => {
      expect(database.asked).toBe(1);
    });
    options.onAssigned(2);
    options.onBatch(foreignBatch(2));
    database.release();
    await eventually(() => {
      expect(said).toContain('resume 2');
    });
    expect(said).toEqual(['resume 1', 'resume 2']);
    await inbox.stop();
  });

  it('of a new client gets nothing of the last one, whose generations have the same numbers', async () => {
    const { broker, clients } = fakeBroker();
    const database = heldDatabase();
    const { inbox } = consumerOn(broker, undefined, database.query);
    inbox.start();
    const first = await clientNumber(clients, 1);
    first.options.onAssigned(1);
    first.options.onBatch(foreignBatch(1));
    await eventually(() => {
      expect(database.asked).toBe(1);
    });
    first.options.onCrash(new Error('crash'));
    const second = await clientNumber(clients, 2);
    second.options.onAssigned(1);
    database.release();
    await eventually(() => {
      expect(first.said).toContain('resume 1');
    });
    expect(second.said).toEqual([]);
    await inbox.stop();
  });
});

describe('leaving the group', () => {
  it('leaves the group without waiting for the work in flight, and is not undone by a crash or repeated', async () => {
    const { broker, clients } = fakeBroker();
    const { inbox } = consumerOn(broker);
    inbox.start();
    const client = await clientNumber(clients, 1);
    await inbox.leaveGroup('no progress: t/0 (61 s)');
    await inbox.leaveGroup('again');
    expect(client.said).toEqual(['stop']);
    expect(inbox.check()).toEqual({ ok: false, reason: 'no progress: t/0 (61 s)' });
    client.options.onCrash(new Error('late'));
    await sleep(messagingPolicy.retry.firstMs * 4);
    expect(clients).toHaveLength(1);
  });
});

describe('readiness', () => {
  it('names partitions whose next offset the log does not hold', async () => {
    const { broker, clients } = fakeBroker();
    const { inbox } = consumerOn(broker);
    expect(inbox.check()).toMatchObject({ ok: false, reason: 'not a member of the consumer group' });
    inbox.start();
    await clientNumber(clients, 1);
    expect(inbox.check()).toMatchObject({
      ok: false,
      reason: 'MSG-OFFSET-RANGE: not in the log: orders.events/3@17',
    });
    await inbox.stop();
  });
});

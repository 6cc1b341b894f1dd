import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import { eventually, ownProxiedKafka, type ProxiedKafka } from '@dozen/testing';
import { type BrokerPort, KafkaJsBroker, listDeadLetters, messagingPolicy, showDeadLetter } from '../src/index.js';
import { contractOn, messagingHarness, type Note, topicNamed, writing } from './harness.js';
import { brokerWith } from './support/broker-with.js';
import { recordOf, sendTo } from './support/records.js';

const topic = topicNamed('faulty');
const Noted = contractOn(topic, 'Noted');

/** The group forgets a member that is silent for 6 s. */
const PAST_THE_SESSION_MS = 9_000;

/** Shorter than the policy's, so that the test is. */
const SILENT_MS = 5_000;

/** A client that hears again joins within so long. */
const FORGOTTEN_MS = 10_000;

let backing: ProxiedKafka;
let h: Awaited<ReturnType<typeof messagingHarness>>;

beforeAll(async () => {
  backing = await ownProxiedKafka();
  h = await messagingHarness([topic], backing.kafka.url);
}, 60_000);

afterEach(() => h.stopConsumers());

afterAll(async () => {
  await h.close();
  await backing.stop();
}, 30_000);

async function send(...numbers: number[]): Promise<void> {
  await sendTo(
    h.broker,
    numbers.map((n) => recordOf(Noted, { key: newId(), n })),
  );
}

/** All of a topic's records end up in each consumer: numbers are of the test's own. */
async function handled(consumer: string, numbers: readonly number[]): Promise<void> {
  await eventually(
    async () => {
      const seen = (await h.effects(consumer)).map(({ n }) => n).filter((n) => numbers.includes(n));
      expect(seen.sort((a, b) => a - b)).toEqual(numbers);
    },
    { timeoutMs: 30_000 },
  );
}

describe('a broker that stands still past the session', () => {
  it('is noticed, and everything is handled once when it goes on', async () => {
    const consumer = `frozen-${newId()}`;
    const inbox = h.consume(consumer, [writing(Noted, consumer)]);
    await send(1, 2, 3);
    await handled(consumer, [1, 2, 3]);
    await backing.kafka.kill('SIGSTOP');
    try {
      await eventually(
        () => {
          expect(inbox.joined).toBe(false);
        },
        { timeoutMs: PAST_THE_SESSION_MS },
      );
    } finally {
      await backing.kafka.kill('SIGCONT');
    }
    await eventually(
      () => {
        expect(inbox.check()).toEqual({ ok: true });
      },
      { timeoutMs: 30_000 },
    );
    await send(4, 5);
    await handled(consumer, [1, 2, 3, 4, 5]);
  }, 90_000);

  it('does not hold up a stop; what is in the database is not handled again', async () => {
    const consumer = `stopped-${newId()}`;
    const gate = Promise.withResolvers<undefined>();
    let begun = false;
    const inbox = h.consume(consumer, [
      writing(Noted, consumer, async ({ n }: Note) => {
        if (n !== 11) return;
        begun = true;
        await gate.promise;
      }),
    ]);
    await send(11);
    await eventually(() => {
      expect(begun).toBe(true);
    });
    await backing.kafka.kill('SIGSTOP');
    try {
      const stopped = inbox.stop();
      const begunAt = performance.now();
      gate.resolve(undefined);
      await stopped;
      const most = 2 * messagingPolicy.commitTimeoutMs + messagingPolicy.leaveMs + 2_000;
      expect(performance.now() - begunAt).toBeLessThan(most);
    } finally {
      await backing.kafka.kill('SIGCONT');
    }
    await handled(consumer, [11]);
    h.consume(consumer, [writing(Noted, consumer)]);
    await send(12);
    await handled(consumer, [11, 12]);
  }, 90_000);
});

describe('a broker that is killed', () => {
  it('is waited for by a running consumer and by one that starts meanwhile', async () => {
    const [running, starting] = [`running-${newId()}`, `starting-${newId()}`];
    h.consume(running, [writing(Noted, running)]);
    await send(21, 22);
    await handled(running, [21, 22]);
    await backing.kafka.kill('SIGKILL');
    const late = h.consume(starting, [writing(Noted, starting)]);
    expect(late.check().ok).toBe(false);
    await backing.kafka.restart();
    await send(23);
    await handled(running, [21, 22, 23]);
    await handled(starting, [21, 22, 23]);
  }, 90_000);

  it('does not hold up the stop of a consumer that is about to join, which is in no group afterwards', async () => {
    const consumer = `joining-${newId()}`;
    await backing.kafka.kill('SIGKILL');
    const inbox = h.consume(consumer, [writing(Noted, consumer)]);
    const begunAt = performance.now();
    await inbox.stop();
    expect(performance.now() - begunAt).toBeLessThan(messagingPolicy.leaveMs + 4_000);
    await backing.kafka.restart();
    // Whoever was left behind would have half of the partitions and read nothing.
    h.consume(consumer, [writing(Noted, consumer)]);
    const numbers = Array.from({ length: 20 }, (_, n) => 100 + n);
    await send(...numbers);
    await handled(consumer, numbers);
  }, 90_000);
});

/** The first consumer comes through the proxy; the others go past it. */
function firstConsumerProxied(proxied: BrokerPort): { port: BrokerPort; opened: () => number } {
  let opened = 0;
  const port = brokerWith(h.broker, {
    consumer: (options) => {
      opened += 1;
      return (opened === 1 ? proxied : h.broker).consumer(options);
    },
  });
  return { port, opened: () => opened };
}

describe('a broker that is killed while a rebalance waits for work in flight', () => {
  it('has forgotten the rebalance when it is back; the member goes on', async () => {
    const consumer = `held-${newId()}`;
    const begun = Promise.withResolvers<undefined>();
    const waiting = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    const port = brokerWith(h.broker, {
      consumer: (options) => {
        const onRevoked: typeof options.onRevoked = () => {
          waiting.resolve(undefined);
          return options.onRevoked();
        };
        return h.broker.consumer({ ...options, onRevoked });
      },
    });
    const held = writing(Noted, consumer, async () => {
      begun.resolve(undefined);
      await gate.promise;
    });
    h.consume(consumer, [held], { broker: port });
    await send(41);
    await begun.promise;
    const newcomer = h.consume(consumer, [writing(Noted, consumer)]);
    await waiting.promise;
    await backing.kafka.kill('SIGKILL');
    await newcomer.stop();
    gate.resolve(undefined);
    await backing.kafka.restart();
    const numbers = Array.from({ length: 20 }, (_, n) => 300 + n);
    await send(...numbers);
    await handled(consumer, [41, ...numbers]);
  }, 90_000);
});

describe('a client that no answer reaches any more, while the broker answers others', () => {
  it('is replaced, and everything is handled once, also after it hears again', async () => {
    const consumer = `silent-${newId()}`;
    const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
    const proxied = new KafkaJsBroker({ url: backing.proxiedUrl, clientId: 'test', logger });
    const { port, opened } = firstConsumerProxied(proxied);
    const inbox = h.consume(consumer, [writing(Noted, consumer)], { broker: port, silentMs: SILENT_MS });
    await send(31, 32);
    await handled(consumer, [31, 32]);
    backing.proxy.swallow(true);
    await eventually(
      () => {
        expect(inbox.joined).toBe(false);
      },
      { timeoutMs: PAST_THE_SESSION_MS },
    );
    await send(33, 34);
    await handled(consumer, [31, 32, 33, 34]);
    expect(opened()).toBe(2);
    backing.proxy.swallow(false);
    const numbers = Array.from({ length: 20 }, (_, n) => 200 + n);
    for (const number of numbers) {
      await send(number);
      await sleep(FORGOTTEN_MS / numbers.length);
    }
    await handled(consumer, numbers);
    await proxied.close();
  }, 90_000);
});

/** Such a batch is refused from a producer: this is a disk that forgets, or somebody who wrote to it. */
describe('a log whose bytes changed on the disk', () => {
  it('is a dead letter where the CRC is wrong, and is handled before and behind it', async () => {
    const changed = topicNamed('changed', 'event', 1);
    const Changed = contractOn(changed, 'Changed');
    const consumer = `changed-${newId()}`;
    await h.broker.ensureTopics([changed]);
    for (const n of [301, 302, 303]) await sendTo(h.broker, [recordOf(Changed, { key: newId(), n })]);
    const file = join(backing.dir, 'kafka', 'data', `${changed.name}-0`, '00000000000000000000.log');
    const log = await readFile(file);
    const second = 12 + log.readInt32BE(8);
    log.write('"n":999', log.indexOf('"n":302', second));
    await writeFile(file, log, { flag: 'r+' });
    h.consume(consumer, [writing(Changed, consumer)]);
    await handled(consumer, [301, 303]);
    const [letter] = await listDeadLetters(h.dataSource);
    expect(letter).toMatchObject({ consumer, code: 'MSG-UNREADABLE', offset: '1' });
    expect(letter?.reason).toContain('the CRC is wrong');
    const { payload } = await showDeadLetter(h.dataSource, letter?.id ?? '');
    expect(payload).toEqual(log.subarray(second, second + 12 + log.readInt32BE(second + 8)));
  });
});

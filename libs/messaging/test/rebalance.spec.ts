import { setTimeout as sleep } from 'node:timers/promises';
import { type MessageContract, newId, type TopicDeclaration } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { messagingPolicy } from '../src/policy.js';
import { contractOn, messagingHarness, type Note, topicNamed, writing } from './harness.js';
import { keyIn, recordOf, sendTo } from './support/records.js';

let h: Awaited<ReturnType<typeof messagingHarness>>;
let topic: TopicDeclaration;
let Noted: MessageContract<Note>;
let consumer: string;

beforeAll(async () => {
  h = await messagingHarness([]);
});

beforeEach(async () => {
  topic = topicNamed('moved', 'event', 4);
  await h.broker.ensureTopics([topic]);
  Noted = contractOn(topic, 'Noted');
  consumer = `moved-${newId()}`;
});

afterEach(() => h.stopConsumers());

afterAll(() => h.close());

/** One record into each of the partitions. */
async function send(n: number, partitions: readonly number[] = [0, 1, 2, 3]): Promise<void> {
  await sendTo(
    h.broker,
    partitions.map((partition) => recordOf(Noted, { key: keyIn(partition, topic), n })),
  );
}

async function handledTimes(n: number, times: number): Promise<void> {
  await eventually(async () => {
    expect((await h.effects(consumer)).filter((effect) => effect.n === n)).toHaveLength(times);
  });
}

async function committedSum(): Promise<number> {
  const ranges = await h.broker.ranges(consumer, [topic.name]);
  return ranges.reduce((sum, { committed }) => sum + Number(committed ?? 0), 0);
}

/** Every claim that was asked for and committed, also one that was there already. */
async function countDeliveries(): Promise<void> {
  await h.dataSource.query(`
    CREATE TABLE deliveries (consumer text);
    CREATE FUNCTION note_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO deliveries (consumer) VALUES (NEW.consumer);
      RETURN NEW;
    END $$;
    CREATE TRIGGER note_delivery BEFORE INSERT ON messaging.inbox FOR EACH ROW EXECUTE FUNCTION note_delivery();`);
}

async function deliveries(): Promise<number> {
  const [row] = await h.dataSource.query<{ times: number }[]>(
    'SELECT count(*)::int AS times FROM deliveries WHERE consumer = $1',
    [consumer],
  );
  return row?.times ?? 0;
}

describe('a partition that moves in the middle of its transaction', () => {
  it('moves when that has ended and its offset is committed: nothing is delivered again', async () => {
    await countDeliveries();
    const slow = (): Promise<void> => sleep(messagingPolicy.revokeMs / 4);
    h.consume(consumer, [writing(Noted, consumer, slow)]);
    // A flow, so that each partition has a transaction in flight whenever it moves.
    let sent = 0;
    const moved = new AbortController();
    const flow = (async () => {
      for (; !moved.signal.aborted; sent += 1) {
        await send(sent);
        await sleep(50);
      }
    })();
    try {
      for (let round = 0; round < 3; round += 1) {
        const other = h.consume(consumer, [writing(Noted, consumer, slow)]);
        await eventually(() => {
          expect(other.check()).toEqual({ ok: true });
        });
        await sleep(messagingPolicy.revokeMs);
        await other.stop();
      }
    } finally {
      moved.abort();
      await flow;
    }
    await eventually(async () => {
      expect(await committedSum()).toBe(4 * sent);
    });
    expect(await deliveries()).toBe(4 * sent);
  }, 60_000);

  it('and does not end in time is handled once: the transaction may end, its offset is not committed, and the next owner finds the claim', async () => {
    const gate = Promise.withResolvers<undefined>();
    let begun = 0;
    h.consume(consumer, [
      writing(Noted, consumer, async () => {
        begun += 1;
        await gate.promise;
      }),
    ]);
    await send(1);
    await eventually(() => {
      expect(begun).toBe(4);
    });
    // Two of the four move; the other two are fetched again by the member that still has them in flight.
    const second = h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(() => {
      expect(second.check()).toEqual({ ok: true });
    });
    gate.resolve(undefined);
    await handledTimes(1, 4);
    await send(2);
    await handledTimes(2, 4);
    await handledTimes(1, 4);
    await eventually(async () => {
      expect(await committedSum()).toBe(8);
    });
  });
});

describe('members that join and leave while messages flow', () => {
  it('handle each message once, and what was paused is read on', async () => {
    h.consume(consumer, [writing(Noted, consumer)]);
    let sent = 0;
    for (let round = 0; round < 4; round += 1) {
      const other = h.consume(consumer, [writing(Noted, consumer)]);
      for (let burst = 0; burst < 5; burst += 1) {
        sent += 1;
        await send(sent);
      }
      await eventually(() => {
        expect(other.joined).toBe(true);
      });
      await other.stop();
    }
    for (let n = 1; n <= sent; n += 1) await handledTimes(n, 4);
    await eventually(async () => {
      expect(await committedSum()).toBe(4 * sent);
    });
  });
});

describe('a partition whose handler hangs', () => {
  it('stops neither the others nor the heartbeats', async () => {
    const [hanging, healthy] = [keyIn(0, topic), keyIn(0, topic)];
    const elsewhere = topicNamed('elsewhere');
    await h.broker.ensureTopics([elsewhere]);
    const Other = contractOn(elsewhere, 'Other');
    let hung = 0;
    const inbox = h.consume(consumer, [
      writing(Noted, consumer, async ({ key }) => {
        if (key !== hanging) return;
        hung += 1;
        await new Promise(() => undefined);
      }),
      writing(Other, consumer),
    ]);
    await sendTo(h.broker, [recordOf(Noted, { key: hanging, n: 0 }), recordOf(Noted, { key: healthy, n: 0 })]);
    await eventually(() => {
      expect(hung).toBe(1);
    });
    await send(1, [1, 2, 3]);
    await sendTo(h.broker, [recordOf(Other, { key: newId(), n: 1 })]);
    await handledTimes(1, 4);
    // The second try: the first transaction was destroyed at its deadline, past the group's session timeout.
    await eventually(
      () => {
        expect(hung).toBe(2);
      },
      { timeoutMs: 20_000 },
    );
    expect(inbox.check()).toMatchObject({ ok: true, note: expect.stringContaining('blocked') });
    await send(2, [1, 2, 3]);
    await handledTimes(2, 3);
    await handledTimes(0, 0);
  }, 60_000);
});

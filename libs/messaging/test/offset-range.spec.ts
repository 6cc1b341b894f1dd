import { type MessageContract, newId, type TopicDeclaration } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { type InboxConsumer, messagingPolicy } from '../src/index.js';
import { contractOn, messagingHarness, type Note, topicNamed, writing } from './harness.js';
import { kafkaAdmin } from './support/kafka-admin.js';
import { keyIn, recordOf, sendTo } from './support/records.js';

let h: Awaited<ReturnType<typeof messagingHarness>>;
let admin: Awaited<ReturnType<typeof kafkaAdmin>>;
let topic: TopicDeclaration;
let Noted: MessageContract<Note>;
let consumer: string;

beforeAll(async () => {
  h = await messagingHarness([]);
  admin = await kafkaAdmin();
});

beforeEach(async () => {
  topic = topicNamed('ranged');
  await h.broker.ensureTopics([topic]);
  Noted = contractOn(topic, 'Noted');
  consumer = `ranged-${newId()}`;
});

afterEach(() => h.stopConsumers());

afterAll(async () => {
  await admin.close();
  await h.close();
});

/** Records with these numbers, into one partition. */
async function send(partition: number, ...numbers: number[]): Promise<void> {
  await sendTo(
    h.broker,
    numbers.map((n) => recordOf(Noted, { key: keyIn(partition, topic), n })),
  );
}

async function handled(...numbers: number[]): Promise<void> {
  await eventually(async () => {
    const seen = (await h.effects(consumer)).map(({ n }) => n).sort((a, b) => a - b);
    expect(seen).toEqual(numbers);
  });
}

async function committed(partition: number): Promise<string | undefined> {
  const ranges = await h.broker.ranges(consumer, [topic.name]);
  return ranges.find((range) => range.partition === partition)?.committed;
}

const alarm = (partition: number, offset: number) => ({
  ok: false,
  reason: `MSG-OFFSET-RANGE: not in the log: ${topic.name}/${partition}@${offset}`,
});

async function barred(inbox: InboxConsumer, partition: number, offset: number): Promise<void> {
  await eventually(() => {
    expect(inbox.check()).toEqual(alarm(partition, offset));
  });
}

/** Handles 0, 1, 2 of the partition, and is stopped. */
async function handleThree(): Promise<void> {
  const first = h.consume(consumer, [writing(Noted, consumer)]);
  await send(0, 0, 1, 2);
  await handled(0, 1, 2);
  await first.stop();
  expect(await committed(0)).toBe('3');
}

describe('an offset that is not in the log', () => {
  it('because retention was faster stops its partition alone, stays as it is, and waits for an operator', async () => {
    await handleThree();
    await send(0, 3, 4, 5, 6);
    await admin.deleteBefore(topic.name, 0, 5);
    const inbox = h.consume(consumer, [writing(Noted, consumer)]);
    await barred(inbox, 0, 3);
    await send(1, 100);
    await handled(0, 1, 2, 100);
    expect(await committed(0)).toBe('3');

    await expect(
      h.broker.setOffsets(consumer, [{ topic: topic.name, partition: 0, offset: '5' }]),
    ).rejects.toMatchObject({ code: 'MSG-GROUP-ACTIVE' });
    await inbox.stop();
    const began = performance.now();
    await h.broker.setOffsets(consumer, [{ topic: topic.name, partition: 0, offset: '5' }]);
    expect(performance.now() - began).toBeLessThan(4_000);
    const next = h.consume(consumer, [writing(Noted, consumer)]);
    await handled(0, 1, 2, 5, 6, 100);
    expect(next.check()).toEqual({ ok: true });
  });

  it('because the log ends before it does the same', async () => {
    await handleThree();
    await h.broker.setOffsets(consumer, [{ topic: topic.name, partition: 0, offset: '50' }]);
    const inbox = h.consume(consumer, [writing(Noted, consumer)]);
    await barred(inbox, 0, 50);
    await send(0, 3);
    await send(1, 100);
    await handled(0, 1, 2, 100);
    expect(await committed(0)).toBe('50');
  });

  it('while the partition was busy is noticed before the client resets it, and the member stays in its group', async () => {
    const [begun, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const inbox = h.consume(consumer, [
      writing(Noted, consumer, async ({ n }) => {
        begun.resolve(undefined);
        if (n === 0) await gate.promise;
      }),
    ]);
    // As many as are read ahead, and then no more until they are done.
    const inFlight = Array.from({ length: messagingPolicy.batchSize }, (_, n) => n);
    await send(0, ...inFlight);
    await begun.promise;
    const next = inFlight.length;
    await send(0, next, next + 1, next + 2, next + 3);
    await admin.deleteBefore(topic.name, 0, next + 2);
    gate.resolve(undefined);
    await barred(inbox, 0, next);
    await send(1, 1_000);
    await handled(...inFlight, 1_000);
    expect(inbox.joined).toBe(true);
    await eventually(async () => {
      expect(await committed(0)).toBe(String(next));
    });
  });

  it('is noticed also when the group had read nothing before the records were lost', async () => {
    const first = h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(async () => {
      expect(await committed(0)).toBe('0');
    });
    await first.stop();
    await send(0, 0, 1, 2);
    await admin.deleteBefore(topic.name, 0, 2);
    await barred(h.consume(consumer, [writing(Noted, consumer)]), 0, 0);
  });
});

describe('a group that reads a topic for the first time', () => {
  it('begins with the oldest record that is there', async () => {
    await send(0, 0, 1, 2, 3);
    await admin.deleteBefore(topic.name, 0, 2);
    h.consume(consumer, [writing(Noted, consumer)]);
    await handled(2, 3);
  });
});

describe('a topic that is made anew under a running consumer', () => {
  /*
   * A member that asks while the topic is away joins again, and finds no offset: it went with the topic. One that notices
   * nothing goes on where it stood, past the end of the new log.
   */
  it('is read from its beginning, at the latest after the restart that the alarm asks for', async () => {
    const inbox = h.consume(consumer, [writing(Noted, consumer)]);
    await send(0, 0, 1, 2);
    await handled(0, 1, 2);
    await admin.deleteTopic(topic.name);
    await eventually(() => h.broker.ensureTopics([topic]));
    await send(0, 10, 11);
    const raised = await eventually(async () => {
      const seen = (await h.effects(consumer)).length === 5;
      if (!seen) expect(inbox.check()).toEqual(alarm(0, 3));
      return !seen;
    });
    if (raised) {
      await inbox.stop();
      h.consume(consumer, [writing(Noted, consumer)]);
    }
    await handled(0, 1, 2, 10, 11);
  });
});

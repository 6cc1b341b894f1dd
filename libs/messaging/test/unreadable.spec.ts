import { createHash } from 'node:crypto';
import { type MessageContract, newId, systemClock, type TopicDeclaration } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import { eventually, produceRaw, recordBatch, testKafkaUrl } from '@dozen/testing';
import {
  discardMessage,
  fixMessage,
  HandlerRegistry,
  listDeadLetters,
  type MessageHandler,
  messagingPolicy,
  OutboxWriter,
  replayMessage,
  showDeadLetter,
} from '../src/index.js';
import { contractOn, messagingHarness, type Note, topicNamed, writing } from './harness.js';
import { kafkaAdmin } from './support/kafka-admin.js';
import { recordOf, sendTo } from './support/records.js';

type Harness = Awaited<ReturnType<typeof messagingHarness>>;

/** One partition, a consumer of it, and ways to say what it must come to. */
async function reading(h: Harness, kind: 'event' | 'command' = 'event') {
  const topic: TopicDeclaration = topicNamed('unreadable', kind, 1);
  await h.broker.ensureTopics([topic]);
  const Noted: MessageContract<Note> = contractOn(topic, 'Noted');
  const consumer = `unreadable-${newId()}`;
  return {
    topic,
    consumer,
    handler: writing(Noted, consumer),
    /** What fails would be tried again, a minute later. */
    start: () => h.consume(consumer, [writing(Noted, consumer)], { retryDelaysMs: [60_000] }),
    send: (n: number) => sendTo(h.broker, [recordOf(Noted, { key: newId(), n })]),
    async handled(...numbers: number[]): Promise<void> {
      await eventually(async () => {
        expect((await h.effects(consumer)).map(({ n }) => n)).toEqual(numbers);
      });
    },
    async committed(offset: string): Promise<void> {
      await eventually(async () => {
        const [range] = await h.broker.ranges(consumer, [topic.name]);
        expect(range?.committed).toBe(offset);
      });
    },
    async deadLetter() {
      const letters = (await listDeadLetters(h.dataSource)).filter((letter) => letter.consumer === consumer);
      expect(letters).toHaveLength(1);
      return showDeadLetter(h.dataSource, letters[0]?.id ?? '');
    },
  };
}

describe('a batch that cannot be read', () => {
  let h: Harness;

  beforeAll(async () => {
    h = await messagingHarness([]);
  });

  afterEach(() => h.stopConsumers());
  afterAll(() => h.close());

  async function bomb() {
    const zeros = { value: Buffer.alloc(messagingPolicy.recordBytes) };
    return recordBatch(Array(9).fill(zeros), { codec: 'zstd' });
  }

  it('is a dead letter with its bytes and offsets; what comes behind it is handled, and offsets are committed', async () => {
    const place = await reading(h);
    await place.send(1);
    const frame = await bomb();
    await produceRaw(testKafkaUrl(), { topic: place.topic.name, frame });
    await place.send(2);
    place.start();
    await place.handled(1, 2);
    await place.committed('11');
    const letter = await place.deadLetter();
    expect(letter).toMatchObject({
      ...{ state: 'dead', code: 'MSG-UNREADABLE', topic: place.topic.name, partition: 0, offset: '9' },
      ...{ messageId: null, type: null, blockedKey: null, key: null, headers: {}, retryAt: null, waiting: 0 },
    });
    // As it was sent, but for what a broker fills in: offset, leader's epoch, and its own CRC where it packs anew.
    expect(letter.payload?.subarray(61)).toEqual(frame.subarray(61));
    const sha256 = createHash('sha256')
      .update(letter.payload ?? '')
      .digest('hex');
    expect(letter.reason).toContain('unpacks to more than');
    expect(letter.reason).toContain(
      `{"firstOffset":"1","lastOffset":"9","bytes":${frame.length},"sha256":"${sha256}"}`,
    );
  });

  it('is not parked again when it comes again', async () => {
    const place = await reading(h);
    await produceRaw(testKafkaUrl(), { topic: place.topic.name, frame: await bomb() });
    place.start();
    await place.committed('9');
    await h.stopConsumers();
    await h.broker.setOffsets(place.consumer, [{ topic: place.topic.name, partition: 0, offset: '0' }]);
    place.start();
    await place.committed('9');
    await place.deadLetter();
  });

  it('can be discarded; a replay and a fix say that there is nothing to handle, and leave it as it is', async () => {
    const place = await reading(h);
    await produceRaw(testKafkaUrl(), { topic: place.topic.name, frame: await bomb() });
    place.start();
    await place.committed('9');
    const { id, attempts } = await place.deadLetter();
    const handlers = new HandlerRegistry();
    handlers.add(place.handler as MessageHandler);
    const { dataSource } = h;
    const { consumer } = place;
    const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
    const outbox = new OutboxWriter({ source: '/test', wake: () => undefined });
    const options = { consumer, dataSource, outbox, handlers, clock: systemClock, logger };
    const note = { by: 'test', why: 'test' };
    await expect(replayMessage(options, id)).rejects.toMatchObject({ code: 'MSG-UNREADABLE' });
    const fix = { ...note, id, payload: Buffer.from('{}') };
    await expect(fixMessage(options, fix)).rejects.toMatchObject({ code: 'MSG-UNREADABLE' });
    expect(await place.deadLetter()).toMatchObject({ code: 'MSG-UNREADABLE', attempts, decisions: [] });
    await discardMessage(dataSource, { ...note, id });
    expect(await listDeadLetters(dataSource)).not.toContainEqual(expect.objectContaining({ id }));
  });

  it('keeps no more than the bound of bytes, and the digest of all', async () => {
    const place = await reading(h);
    const admin = await kafkaAdmin();
    await admin.configure(place.topic.name, 'max.message.bytes', String(4 * 1024 * 1024));
    await admin.close();
    const noise = { value: createHash('sha512').update('x').digest(), headers: many(1_001) };
    const frame = await recordBatch([{ ...noise, key: Buffer.alloc(messagingPolicy.unreadableKeepBytes + 1, 'k') }]);
    expect(await produceRaw(testKafkaUrl(), { topic: place.topic.name, frame })).toMatchObject({ errorCode: 0 });
    place.start();
    await place.committed('1');
    const letter = await place.deadLetter();
    expect(letter.payload).toHaveLength(messagingPolicy.unreadableKeepBytes);
    expect(letter.reason).toMatch(/"bytes":10[5-9]\d{4},/);
  });

  /** The broker packs anew then, with the libraries that Java's producers use. */
  it('is none that a broker packed because an operator has set compression.type on its topic', async () => {
    const admin = await kafkaAdmin();
    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
      const place = await reading(h);
      await admin.configure(place.topic.name, 'compression.type', codec);
      await place.send(1);
      await place.send(2);
      place.start();
      await place.handled(1, 2);
    }
    await admin.close();
  });

  it('of commands is parked alone, as they are', async () => {
    const place = await reading(h, 'command');
    await produceRaw(testKafkaUrl(), { topic: place.topic.name, frame: await bomb() });
    await place.send(1);
    place.start();
    await place.handled(1);
    expect(await place.deadLetter()).toMatchObject({ code: 'MSG-UNREADABLE', blockedKey: null });
  });
});

function many(count: number): (readonly [string, string])[] {
  return Array.from({ length: count }, (_, n) => [`h${n}`, ''] as const);
}

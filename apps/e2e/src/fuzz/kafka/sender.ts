import { newId } from '@dozen/kernel';
import { recordBatch } from '@dozen/testing';
import { Kafka, logLevel } from 'kafkajs';
import { badFrame } from './frames.js';
import { Librdkafka } from './librdkafka.js';
import { produce } from './produce.js';
import { type MadeRecord, oddityOf } from './record.js';
import type { RecordCase } from './record-oddity.js';

/** One case, made and sent. */
export interface SentRecord {
  readonly index: number;
  readonly one: RecordCase;
  readonly made: MadeRecord;
  readonly partition: number;
  /** Where the broker put it; undefined when it refused it, or when nobody can know. */
  readonly offset: bigint | undefined;
  /** What the broker said when it refused. */
  readonly refused: string | undefined;
  /** Nobody may ever handle it. */
  readonly aborted: boolean;
}

export type Unsent = Pick<SentRecord, 'index' | 'one' | 'made' | 'partition'>;

/** Brings records to the broker, by frames made by hand, by librdkafka where it is there, and by transactions. */
export class Sender {
  readonly #url: string;
  readonly #kafka: Kafka;
  readonly #librdkafka: Librdkafka | undefined;

  private constructor(url: string, librdkafka: Librdkafka | undefined) {
    this.#url = url;
    this.#librdkafka = librdkafka;
    this.#kafka = new Kafka({ brokers: [new URL(url).host], logLevel: logLevel.NOTHING });
  }

  static async open(url: string): Promise<Sender> {
    return new Sender(url, await Librdkafka.start(url));
  }

  get hasLibrdkafka(): boolean {
    return this.#librdkafka !== undefined;
  }

  /**
   * Sends the records in their order, except that topics and codecs are sent apart. `byLibrdkafka`: by librdkafka, as far as it
   * can send them.
   */
  async send(records: readonly Unsent[], byLibrdkafka: boolean): Promise<SentRecord[]> {
    const odd = records.filter(({ one }) => one.oddities.some(({ of }) => of === 'frame' || of === 'transaction'));
    const plain = records.filter((record) => !odd.includes(record));
    const batches = [
      ...Map.groupBy(
        plain,
        ({ one, made }) => `${made.topic} ${one.codec} ${made.timestamp === undefined ? '' : made.id}`,
      ).values(),
    ];
    const sent: SentRecord[] = [];
    for (const batch of batches) sent.push(...(await this.#batch(batch, byLibrdkafka)));
    for (const record of odd) sent.push(await this.#odd(record));
    return sent;
  }

  stop(): void {
    this.#librdkafka?.stop();
  }

  async #batch(batch: readonly Unsent[], byLibrdkafka: boolean): Promise<SentRecord[]> {
    const [first] = batch;
    if (first === undefined) return [];
    const { one, made, partition } = first;
    const frames = batch.map((record) => record.made.frame);
    const timestamp = made.timestamp ?? Date.now();
    // It refuses what a timestamp cannot be by itself.
    const able =
      byLibrdkafka && made.timestamp === undefined && frames.every((frame) => Librdkafka.knows(one.codec, frame));
    if (able && this.#librdkafka !== undefined) return byClient(this.#librdkafka, batch, first, timestamp);
    const frame = await recordBatch(frames, { codec: one.codec, baseTimestamp: timestamp });
    const whole = await this.#produce({ topic: made.topic, partition, frame });
    // One record too many is a refusal of all: then each goes alone.
    if (whole.refused !== undefined && batch.length > 1) {
      const alone: SentRecord[] = [];
      for (const record of batch) alone.push(...(await this.#batch([record], false)));
      return alone;
    }
    return batch.map((record, at) => ({
      ...record,
      ...whole,
      offset: whole.offset === undefined ? undefined : whole.offset + BigInt(at),
      aborted: false,
    }));
  }

  async #odd(record: Unsent): Promise<SentRecord> {
    const { one, made, partition } = record;
    const frame = oddityOf(one, 'frame');
    if (frame !== undefined) {
      const bytes = await badFrame(frame.how, made.frame, one.codec, made.timestamp ?? Date.now());
      return { ...record, ...(await this.#produce({ topic: made.topic, partition, frame: bytes })), aborted: false };
    }
    const aborted = oddityOf(one, 'transaction')?.ends === 'abort';
    await this.#inTransaction(record, aborted);
    return { ...record, offset: undefined, refused: undefined, aborted };
  }

  async #produce(batch: {
    topic: string;
    partition: number;
    frame: Buffer;
  }): Promise<Pick<SentRecord, 'offset' | 'refused'>> {
    try {
      const { errorCode, baseOffset } = await produce(this.#url, batch);
      return errorCode === 0
        ? { offset: baseOffset, refused: undefined }
        : { offset: undefined, refused: `error ${errorCode}` };
    } catch (error) {
      return { offset: undefined, refused: String(error) };
    }
  }

  async #inTransaction({ made, partition }: Unsent, abort: boolean): Promise<void> {
    const producer = this.#kafka.producer({
      transactionalId: `fuzz-${newId()}`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      const { key = null, value = null, headers } = made.frame;
      const named = Object.fromEntries(headers.map(([name, content]) => [name, content ?? '']));
      await transaction.send({ topic: made.topic, messages: [{ key, value, headers: named, partition }] });
      await (abort ? transaction.abort() : transaction.commit());
    } finally {
      await producer.disconnect();
    }
  }
}

/** In one batch of librdkafka's. */
async function byClient(
  client: Librdkafka,
  batch: readonly Unsent[],
  { one, made, partition }: Unsent,
  timestamp: number,
): Promise<SentRecord[]> {
  const answers = await client.send({
    topic: made.topic,
    partition,
    codec: one.codec,
    records: batch.map((record) => record.made.frame),
    timestamps: batch.map(() => timestamp),
  });
  return batch.map((record, at) => {
    const { offset, error } = answers[at] ?? { error: 'no answer' };
    return {
      ...record,
      offset: offset === undefined ? undefined : BigInt(offset),
      refused: error === undefined ? undefined : String(error),
      aborted: false,
    };
  });
}

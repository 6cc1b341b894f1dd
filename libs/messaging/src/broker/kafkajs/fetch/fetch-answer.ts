import { Allowance } from './allowance.js';
import type { AbortedTransaction } from './aborted-transactions.js';
import { type FetchedMessage, readPartition } from './partition-records.js';

/** As kafkajs wants it of a fetch's decoder. */
export interface FetchAnswer {
  /** ms that the broker has waited by itself. */
  readonly throttleTime: number;
  /** ms that the client is to wait (KIP-219). */
  readonly clientSideThrottleTime: number | undefined;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  /** Always none: what they wrote is left out already. */
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly preferredReadReplica: number;
  readonly messages: readonly FetchedMessage[];
}

interface RawPartition extends Omit<FetchedPartition, 'messages'> {
  readonly batches: Buffer;
}

/** Versions of the fetch answer that differ in a field: the first that has it. */
const LOG_START = 5;
const SESSION = 7;
const CLIENT_WAITS = 8;
const READ_REPLICA = 11;

/**
 * The broker's answer to a fetch of a version from 4, the first with batches, to 11, kafkajs' last. Rejects only for an
 * answer that is none (RangeError); whatever is wrong with what producers sent is among the messages.
 */
export async function readFetchAnswer(version: number, answer: Buffer): Promise<FetchAnswer> {
  const reader = new AnswerReader(answer);
  const throttle = reader.int32();
  const errorCode = version >= SESSION ? reader.int16() : 0;
  const sessionId = version >= SESSION ? reader.int32() : 0;
  const allowance = new Allowance();
  const responses = [];
  for (const { topicName, partitions } of reader.array(() => readTopic(reader, version))) {
    const read: FetchedPartition[] = [];
    for (const { batches, ...partition } of partitions) {
      const messages = await readPartition({ ...partition, batches }, allowance);
      read.push({ ...partition, abortedTransactions: [], messages });
    }
    responses.push({ topicName, partitions: read });
  }
  const clientWaits = version >= CLIENT_WAITS;
  return {
    throttleTime: clientWaits ? 0 : throttle,
    clientSideThrottleTime: clientWaits ? throttle : undefined,
    errorCode,
    sessionId,
    responses,
  };
}

function readTopic(reader: AnswerReader, version: number) {
  return { topicName: reader.text(), partitions: reader.array(() => readRawPartition(reader, version)) };
}

/** Fields in the order in which they stand. */
function readRawPartition(reader: AnswerReader, version: number): RawPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  if (version >= LOG_START) reader.int64();
  const abortedTransactions = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  const preferredReadReplica = version >= READ_REPLICA ? reader.int32() : -1;
  const batches = reader.bytes();
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    abortedTransactions,
    preferredReadReplica,
    batches,
  };
}

/** The protocol's types, which the broker writes. */
class AnswerReader {
  readonly #answer: Buffer;
  #at = 0;

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  int16(): number {
    this.#at += 2;
    return this.#answer.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#answer.readInt32BE(this.#at - 4);
  }

  int64(): string {
    this.#at += 8;
    return this.#answer.readBigInt64BE(this.#at - 8).toString();
  }

  text(): string {
    const size = this.int16();
    this.#at += size;
    return this.#answer.toString('utf8', this.#at - size, this.#at);
  }

  bytes(): Buffer {
    const size = Math.max(0, this.int32());
    this.#at += size;
    return this.#answer.subarray(this.#at - size, this.#at);
  }

  array<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.int32(); left > 0; left -= 1) items.push(read());
    return items;
  }
}

import assert from 'node:assert/strict';
import { newId, type TopicDeclaration } from '@dozen/kernel';
import { eventually } from '@dozen/kernel/testing';
import type { BrokerConsumer, BrokerPort, FetchedBatch, FetchedRecord, OutgoingRecord } from '../broker/port.js';
import type { ExternalProducer } from './external-producer.js';

/** A consumer and what it has got so far. */
export interface Reader {
  readonly consumer: BrokerConsumer;
  readonly batches: readonly FetchedBatch[];
  readonly generations: readonly number[];
  records(): FetchedRecord[];
  values(): string[];
  offsets(): string[];
  /** Takes every batch for done. */
  doneAll(): void;
}

const SEND_WITHIN_MS = 10_000;

/** One adapter for one case, with topics and groups of the case's own. */
export class ConformanceRig {
  readonly #stops: (() => Promise<void>)[] = [];

  constructor(
    readonly broker: BrokerPort,
    readonly externalProducer: ExternalProducer,
  ) {}

  async topic(partitions = 1): Promise<string> {
    const declaration = topicOf(partitions);
    await this.broker.ensureTopics([declaration]);
    return declaration.name;
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    const producer = await this.broker.producer({ timeoutMs: SEND_WITHIN_MS });
    await producer.send(records, { timeoutMs: SEND_WITHIN_MS });
    await producer.close();
  }

  /** Resolves when the consumer has joined its group. */
  async read(
    topic: string,
    group: string = newId(),
    onRevoked: (reader: Reader) => Promise<void> | undefined = () => undefined,
  ): Promise<Reader> {
    const batches: FetchedBatch[] = [];
    const generations: number[] = [];
    const consumer = this.broker.consumer({
      group,
      topics: [topic],
      onBatch: (batch) => batches.push(batch),
      onRevoked: () => onRevoked(reader),
      onAssigned: (generation) => generations.push(generation),
      onCrash: (error) => {
        throw error;
      },
    });
    const records = (): FetchedRecord[] => batches.flatMap((batch) => batch.records);
    const reader: Reader = {
      consumer,
      batches,
      generations,
      records,
      values: () => records().map(({ value }) => value?.toString() ?? ''),
      offsets: () => records().map(({ offset }) => offset),
      doneAll: () => batches.forEach((batch) => consumer.done(batch)),
    };
    await consumer.start();
    this.#stops.push(() => consumer.stop());
    await eventually(() => assert.ok(consumer.joined, 'the consumer has not joined its group'));
    return reader;
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
    await this.broker.close();
  }
}

export function topicOf(partitions: number): TopicDeclaration {
  return { name: `conformance.${newId()}`, kind: 'event', partitions, retentionMs: 3_600_000, cleanup: 'delete' };
}

export function record(topic: string, key: string, value: string): OutgoingRecord {
  return { topic, key, value, headers: { 'x-test': 'ü' } };
}

/** `count` records of as many keys, with their numbers as values. */
export function numbered(topic: string, count: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, n) => record(topic, `k${n}`, String(n)));
}

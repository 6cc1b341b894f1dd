import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '@dozen/telemetry';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { LogTap } from '../../src/broker/kafkajs/client.js';
import { KafkaJsConsumer } from '../../src/broker/kafkajs/consumer.js';
import type { FetchedBatch, PartitionRange } from '../../src/broker/port.js';

export const EVENTS = {
  GROUP_JOIN: 'join',
  HEARTBEAT: 'heartbeat',
  REBALANCING: 'rebalancing',
  CRASH: 'crash',
  DISCONNECT: 'disconnect',
  END_BATCH_PROCESS: 'end',
};

/** kafkajs as far as the adapter knows it: what it was told, and ways to call it back. */
class FakeKafkaJs {
  readonly events = EVENTS;
  readonly said: string[] = [];
  readonly #listeners = new Map<string, (event: unknown) => void>();
  eachBatch: (payload: EachBatchPayload) => Promise<void> = () => Promise.resolve();
  joining: Promise<void> = Promise.resolve();
  leaving: Promise<void> = Promise.resolve();
  resumable = true;

  on(event: string, listener: (event: unknown) => void): void {
    this.#listeners.set(event, listener);
  }

  emit(event: string, payload: unknown): void {
    this.#listeners.get(event)?.({ payload });
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  async run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> {
    this.eachBatch = eachBatch;
    await this.joining;
  }

  async disconnect(): Promise<void> {
    this.said.push('disconnect');
    await this.leaving;
  }

  commitOffsets(offsets: readonly { topic: string; partition: number; offset: string }[]): Promise<void> {
    for (const { topic, partition, offset } of offsets) this.said.push(`commit ${topic}/${partition}@${offset}`);
    return Promise.resolve();
  }

  pause([place]: { topic: string; partitions: number[] }[]): void {
    this.said.push(`pause ${place?.topic}/${place?.partitions[0]}`);
  }

  resume([place]: { topic: string; partitions: number[] }[]): void {
    if (!this.resumable) throw new Error('Consumer group was not initialized');
    this.said.push(`resume ${place?.topic}/${place?.partitions[0]}`);
  }

  seek({ topic, partition, offset }: { topic: string; partition: number; offset: string }): void {
    this.said.push(`seek ${topic}/${partition}@${offset}`);
  }

  /** As kafkajs calls eachBatch: with records from `first`, fetched from `fetched`, of partition 0 and without a value. */
  async deliver(
    fetched: number,
    first: number,
    last: number,
    { partition = 0, value = null }: { partition?: number; value?: Buffer | null } = {},
  ): Promise<void> {
    const offsets = Array.from({ length: last - first + 1 }, (_, n) => ({
      offset: String(first + n),
      headers: {},
      key: null,
      value,
    }));
    const batch = {
      topic: 'p.t',
      partition,
      fetchedOffset: String(fetched),
      messages: offsets,
      lastOffset: () => String(last),
    };
    const payload = {
      batch,
      pause: () => this.said.push('paused'),
      resolveOffset: (offset: string) => this.said.push(`resolved ${offset}`),
    };
    await this.eachBatch(payload as unknown as EachBatchPayload);
  }
}

/** The adapter over it, assigned one partition (or more) of which 5 is the next offset unless told otherwise. */
export function consumer(
  options: {
    onBatch?: () => void;
    onRevoked?: () => Promise<void> | undefined;
    onAssigned?: () => void;
    committed?: string;
    partitions?: number;
  } = {},
) {
  const kafka = new FakeKafkaJs();
  const batches: FetchedBatch[] = [];
  const crashes: Error[] = [];
  const hooks: { tap: LogTap; restart: () => Promise<boolean> }[] = [];
  const assigned = Array.from({ length: options.partitions ?? 1 }, (_, partition) => partition);
  const ranges = assigned.map((partition): PartitionRange => ({
    topic: 'p.t',
    partition,
    committed: options.committed ?? '5',
    low: '0',
    high: '99',
  }));
  const adapter = new KafkaJsConsumer({
    group: 'g',
    topics: ['t'],
    topicPrefix: 'p.',
    logger: createLogger({ service: 'test', release: 'test', level: 'silent' }),
    ranges: () => Promise.resolve(ranges),
    create: (given) => {
      hooks.push(given);
      return kafka as unknown as Consumer;
    },
    onBatch: (batch) => {
      batches.push(batch);
      options.onBatch?.();
    },
    onRevoked: options.onRevoked ?? (() => undefined),
    onAssigned: options.onAssigned ?? (() => undefined),
    onCrash: (error) => crashes.push(error),
  });
  const join = async (): Promise<void> => {
    kafka.emit(EVENTS.GROUP_JOIN, { memberAssignment: { 'p.t': assigned } });
    await turn();
  };
  const firstOffsets = () => batches.map((batch) => batch.records[0]?.offset);
  return { adapter, kafka, batches, crashes, hooks, join, firstOffsets };
}

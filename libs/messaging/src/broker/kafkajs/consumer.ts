import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { Consumer, EachBatchPayload, IHeaders } from 'kafkajs';
import { messagingError } from '../../errors.js';
import type { BrokerConsumer, ConsumerOptions, FetchedRecord, PartitionOffset } from '../port.js';

/** The broker forgets a member that is silent for so long; 6 s is the least that brokers allow by default. */
export const SESSION_TIMEOUT_MS = 6000;

export interface KafkaJsConsumerOptions extends ConsumerOptions {
  readonly topicPrefix: string;
}

/**
 * kafkajs as a source of batches and nothing else. Its `eachBatch` hands the batch over, marks it as read and pauses
 * the partition: handling inside it would stop the heartbeats of every partition and commit what was not handled.
 *
 * States: created → joined ⇄ lost (rebalance, crash with restart) → stopped. A new assignment begins a new epoch and
 * resumes what was paused, since kafkajs keeps pauses over a rejoin and starts again from the committed offsets.
 */
export class KafkaJsConsumer implements BrokerConsumer {
  readonly #consumer: Consumer;
  readonly #options: KafkaJsConsumerOptions;
  readonly #logger: Logger;
  #epoch = 0;
  #member = false;
  #heardAt = -Infinity;
  #intake = true;

  constructor(create: () => Consumer, options: KafkaJsConsumerOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#consumer = create();
    const { GROUP_JOIN, HEARTBEAT, REBALANCING, CRASH, DISCONNECT } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, () => {
      this.#assigned();
    });
    this.#consumer.on(HEARTBEAT, () => {
      this.#heardAt = performance.now();
    });
    this.#consumer.on(REBALANCING, () => {
      this.#member = false;
    });
    this.#consumer.on(DISCONNECT, () => {
      this.#member = false;
    });
    this.#consumer.on(CRASH, ({ payload }) => {
      this.#member = false;
      this.#logger.warn({ err: payload.error, restart: payload.restart }, 'consumer crashed');
      if (!payload.restart) this.#options.onCrash(payload.error);
    });
  }

  /** With endless retries kafkajs never says that the broker is gone; heartbeats that are no longer answered do. */
  get joined(): boolean {
    return this.#member && performance.now() - this.#heardAt < SESSION_TIMEOUT_MS;
  }

  async start(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({
      topics: this.#options.topics.map((topic) => this.#onBroker(topic)),
      fromBeginning: true,
    });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => {
        this.#take(payload);
        return Promise.resolve();
      },
    });
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    if (!this.#member || offsets.some((offset) => offset.epoch !== this.#epoch)) {
      throw messagingError('MSG-STALE-EPOCH', 'the partitions were assigned anew');
    }
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({ topic: this.#onBroker(topic), partition, offset })),
    );
  }

  resume({ epoch, topic, partition }: { epoch: number; topic: string; partition: number }): void {
    if (this.#intake && epoch === this.#epoch)
      this.#consumer.resume([{ topic: this.#onBroker(topic), partitions: [partition] }]);
  }

  pauseAll(): void {
    this.#intake = false;
  }

  async stop(): Promise<void> {
    this.#intake = false;
    this.#member = false;
    await this.#consumer.disconnect();
  }

  #onBroker(topic: string): string {
    return this.#options.topicPrefix + topic;
  }

  #assigned(): void {
    this.#epoch += 1;
    this.#member = true;
    this.#heardAt = performance.now();
    this.#options.onAssigned(this.#epoch);
    if (this.#intake) this.#consumer.resume(this.#consumer.paused());
  }

  /** No error may leave this: a TypeError in eachBatch stops kafkajs for good. */
  #take(payload: EachBatchPayload): void {
    const { batch } = payload;
    try {
      payload.pause();
      if (!this.#intake) return;
      const topic = batch.topic.slice(this.#options.topicPrefix.length);
      const records = batch.messages.map((message): FetchedRecord => ({
        topic,
        partition: batch.partition,
        offset: message.offset,
        key: message.key,
        value: message.value,
        headers: plainHeaders(message.headers ?? {}),
      }));
      this.#options.onBatch({ epoch: this.#epoch, topic, partition: batch.partition, records });
      payload.resolveOffset(batch.lastOffset());
    } catch (error) {
      this.#options.onCrash(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}

function plainHeaders(headers: IHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) plain[name] = last.toString();
  }
  return plain;
}

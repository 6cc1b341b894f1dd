import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboxPort } from '@dozen/database';
import { type Clock, messageOf } from '@dozen/kernel';
import type { ProgressWatch } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { BrokerConsumer, BrokerPort, FetchedBatch } from '../broker/port.js';
import { messagingError } from '../errors.js';
import { messagingPolicy } from '../policy.js';
import { BatchProcessor } from './batch-processor.js';
import { CarefulStart } from './careful-start.js';
import type { HandlerRegistry } from './handlers.js';
import { ConsumerMembers } from './members.js';
import { OffsetCommitter } from './offset-committer.js';
import { maintainInboxPartitions } from './partitions.js';
import { PartitionWorker } from './partition-worker.js';
import { Releaser } from './releaser.js';

export interface InboxConsumerOptions {
  /** Name of the consumer group, and of this consumer in claims and parked messages. Never change it. */
  readonly consumer: string;
  readonly broker: BrokerPort;
  readonly dataSource: DataSource;
  readonly outbox: OutboxPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly progress: ProgressWatch;
  /** Pauses before the attempts after the first, in ms. Default: the policy's. */
  readonly retryDelaysMs?: readonly number[];
  /** Called when this process cannot consume any more; it should end. */
  readonly onFatal: (error: unknown) => void;
}

const PARTITION_UPKEEP_MS = 60 * 60 * 1000;

/**
 * Broker → bounded queue per partition → one transaction per batch → offsets.
 *
 * starting (topics checked, inbox partitions made; repeated until both services answer) → consuming ⇄ crashed (a new
 * client after a pause; fatal after several in a row) → stopped.
 */
export class InboxConsumer {
  readonly #options: InboxConsumerOptions & { readonly handlers: HandlerRegistry };
  readonly #processor: BatchProcessor;
  readonly #releaser: Releaser;
  readonly #members: ConsumerMembers;
  readonly #stopping = new AbortController();
  #session: { consumer: BrokerConsumer; committer: OffsetCommitter } | undefined;
  #workers = new Map<string, PartitionWorker>();
  #crashes = 0;
  #upkeep: NodeJS.Timeout | undefined;

  constructor(options: InboxConsumerOptions & { handlers: HandlerRegistry }) {
    this.#options = options;
    this.#releaser = new Releaser(options);
    this.#processor = new BatchProcessor({ ...options, onRetryParked: () => this.#releaser.wake() });
    this.#members = new ConsumerMembers(options);
  }

  /** A member of the group, with partitions or waiting for some. */
  get joined(): boolean {
    return this.#session?.consumer.joined ?? false;
  }

  /** Begins in the background: an outage at start only delays. Throws MSG-RETENTION for a topic kept too long. */
  start(): void {
    const tooLong = this.#options.handlers.declarations.filter((t) => t.retentionMs > messagingPolicy.inboxKeepMs);
    if (tooLong.length > 0) {
      throw messagingError('MSG-RETENTION', 'a topic keeps records longer than the inbox remembers their ids', {
        details: { topics: tooLong.map((topic) => topic.name) },
      });
    }
    void this.#begin();
  }

  /** Takes nothing more, finishes the transactions in hand, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#upkeep);
    this.#session?.consumer.pauseAll();
    await Promise.all([this.#releaser.stop(), ...[...this.#workers.values()].map((worker) => worker.stop())]);
    await this.#session?.committer.settle();
    await this.#members.leave();
    await this.#session?.consumer.stop();
  }

  async #begin(): Promise<void> {
    const { logger, dataSource, clock } = this.#options;
    let waitMs: number = messagingPolicy.retryMinMs;
    while (!this.#stopping.signal.aborted) {
      try {
        await maintainInboxPartitions(dataSource, clock.now());
        await this.#members.join();
        this.#releaser.start();
        await this.#checkTopics();
        await this.#connect();
        this.#upkeep = setInterval(() => void this.#keepUp(), PARTITION_UPKEEP_MS).unref();
        return;
      } catch (error) {
        logger.warn({ err: error, retry_in_ms: waitMs }, 'consumer cannot start yet');
      }
      await this.#pause(waitMs);
      waitMs = Math.min(waitMs * 2, messagingPolicy.retryMaxMs);
    }
  }

  async #checkTopics(): Promise<void> {
    const { broker, handlers, onFatal } = this.#options;
    const counts = await broker.partitionCounts(handlers.topics);
    for (const { name, partitions } of handlers.declarations) {
      const found = counts.get(name);
      if (found === undefined) throw messagingError('MSG-TOPIC-MISSING', `topic ${name} does not exist: run migrate`);
      if (found !== partitions) {
        const error = messagingError('MSG-PARTITIONS', `topic ${name} has ${found} partitions, not ${partitions}`);
        onFatal(error);
        throw error;
      }
    }
  }

  async #connect(): Promise<void> {
    const { broker, consumer: group, handlers, logger } = this.#options;
    const consumer = broker.consumer({
      group,
      topics: handlers.topics,
      onBatch: (batch) => {
        this.#worker(batch).push(batch);
      },
      onAssigned: () => {
        this.#crashes = 0;
        this.#dropQueues();
      },
      onCrash: (error) => void this.#restart(error),
    });
    this.#session = { consumer, committer: new OffsetCommitter(consumer, logger) };
    await consumer.start();
  }

  /** The client is gone: its queues are void, what was not committed comes again. */
  async #restart(error: Error): Promise<void> {
    const { logger, onFatal } = this.#options;
    const crashed = this.#session;
    this.#dropQueues();
    this.#crashes += 1;
    if (this.#stopping.signal.aborted) return;
    if (this.#crashes >= messagingPolicy.crashesInARow) {
      onFatal(error);
      return;
    }
    try {
      await crashed?.consumer.stop();
      await this.#pause(messagingPolicy.retryMinMs * 2 ** this.#crashes);
      if (!this.#stopped()) await this.#connect();
    } catch (next) {
      logger.error({ err: next }, 'a new consumer could not start');
      onFatal(next);
    }
  }

  /** A method, since the state changes while something is awaited. */
  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #worker(batch: FetchedBatch): PartitionWorker {
    const name = `${batch.topic}/${batch.partition}`;
    let worker = this.#workers.get(name);
    if (worker === undefined) {
      const start = new CarefulStart({ ...this.#options, processor: this.#processor, members: this.#members });
      worker = new PartitionWorker({
        process: (records) => start.process(records),
        handled: ({ epoch, topic, partition }, offset) => {
          this.#session?.committer.add({ epoch, topic, partition, offset });
        },
        done: (finished) => {
          this.#session?.consumer.resume(finished);
        },
        progress: this.#options.progress,
        logger: this.#options.logger,
      });
      this.#workers.set(name, worker);
    }
    return worker;
  }

  /** Transactions in hand end on their own; their offsets are of a past epoch and are not committed. */
  #dropQueues(): void {
    for (const worker of this.#workers.values()) void worker.stop();
    this.#workers = new Map();
  }

  async #keepUp(): Promise<void> {
    try {
      await maintainInboxPartitions(this.#options.dataSource, this.#options.clock.now());
    } catch (error) {
      this.#options.logger.warn({ reason: messageOf(error) }, 'inbox partitions not maintained; next try in an hour');
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

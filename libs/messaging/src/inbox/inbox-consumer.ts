import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboxPort } from '@dozen/database';
import { type Clock, DozenError, messageOf } from '@dozen/kernel';
import type { CheckResult, ProgressWatch } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { BrokerConsumer, BrokerPort } from '../broker/port.js';
import { settles } from '../deadline.js';
import { messagingPolicy } from '../policy.js';
import { BatchProcessor } from './batch-processor.js';
import { CarefulStart } from './careful-start.js';
import type { HandlerRegistry } from './handlers.js';
import { ConsumerMembers } from './members.js';
import { OffsetCommitter } from './offset-committer.js';
import { maintainInboxPartitions } from './partitions.js';
import { PartitionWorkers } from './partition-workers.js';
import { Releaser } from './releaser.js';
import { checkRetention, checkTopics } from './topics.js';

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

/** One client of the broker; a crash ends it, and the next one has epochs of its own. */
interface Session {
  readonly consumer: BrokerConsumer;
  readonly committer: OffsetCommitter;
  readonly startedAt: number;
}

/**
 * Broker → bounded queue per partition → one transaction per batch → offsets.
 *
 * starting (topics checked, inbox partitions made; repeated until both services answer) → consuming ⇄ crashed (a new
 * client after a pause; fatal after several in a row) → stopped, or abandoned (the group was left because nothing
 * moved; only another process can help).
 */
export class InboxConsumer {
  readonly #options: InboxConsumerOptions & { readonly handlers: HandlerRegistry };
  readonly #workers: PartitionWorkers;
  readonly #releaser: Releaser;
  readonly #members: ConsumerMembers;
  readonly #stopping = new AbortController();
  #session: Session | undefined;
  #crashes = 0;
  #upkeep: NodeJS.Timeout | undefined;
  #abandoned: string | undefined;

  constructor(options: InboxConsumerOptions & { handlers: HandlerRegistry }) {
    this.#options = options;
    this.#releaser = new Releaser(options);
    const processor = new BatchProcessor({ ...options, onRetryParked: () => this.#releaser.wake() });
    const members = new ConsumerMembers(options);
    this.#members = members;
    this.#workers = new PartitionWorkers({
      startProcess: () => {
        const start = new CarefulStart({ ...options, processor, members });
        return (records, advanced) => start.process(records, advanced);
      },
      progress: options.progress,
      logger: options.logger,
    });
  }

  /** A member of the group, with partitions or waiting for some. */
  get joined(): boolean {
    return this.#session?.consumer.joined ?? false;
  }

  /** Milliseconds since the group last answered; 0 while no client has begun to join it. */
  get silentMs(): number {
    return this.#session?.consumer.silentMs ?? 0;
  }

  /** For readiness: a member of the group, and every partition's next offset is in its log (MSG-OFFSET-RANGE). */
  check(): CheckResult {
    if (this.#abandoned !== undefined) return { ok: false, reason: this.#abandoned };
    if (!this.joined) return { ok: false, reason: 'not a member of the consumer group' };
    const lost = this.#session?.consumer.outOfRange ?? [];
    if (lost.length === 0) return { ok: true };
    const list = lost.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`).join(', ');
    return { ok: false, reason: `MSG-OFFSET-RANGE: not in the log: ${list}` };
  }

  /** Why the group was left for good, if it was: a restart heals that. */
  get abandoned(): string | undefined {
    return this.#abandoned;
  }

  /** Begins in the background: an outage at start only delays. Throws MSG-RETENTION for a topic kept too long. */
  start(): void {
    checkRetention(this.#options.handlers);
    void this.#begin();
  }

  /**
   * Takes nothing more, finishes the transactions in hand, commits, leaves the group. Never rejects, and whatever hangs,
   * it returns within the policy's stopWorkMs + 2 × commitTimeoutMs + leaveMs.
   */
  async stop(): Promise<void> {
    const { logger } = this.#options;
    this.#stopping.abort();
    clearInterval(this.#upkeep);
    this.#session?.consumer.pauseAll();
    const ended = await settles(messagingPolicy.stopWorkMs, Promise.all([this.#releaser.stop(), this.#workers.stop()]));
    if (!ended) logger.error('work in hand did not end; it is left alone');
    await this.#session?.committer.settle();
    // What hung or was abandoned ended uncleanly: the next to get its partitions is careful.
    if (ended && this.#abandoned === undefined) await settles(messagingPolicy.commitTimeoutMs, this.#members.leave());
    else this.#members.abandon();
    await this.#session?.consumer.stop();
  }

  /** Leaves the group at once, with the work in hand unfinished, so that others take its partitions over. */
  async abandon(reason: string): Promise<void> {
    if (this.#stopped()) return;
    this.#abandoned = reason;
    this.#options.logger.error({ code: 'MSG-STALLED', reason }, 'nothing moves: the consumer leaves its group');
    this.#stopping.abort();
    clearInterval(this.#upkeep);
    this.#workers.dismiss();
    this.#members.abandon();
    void this.#releaser.stop();
    await this.#session?.consumer.stop();
  }

  async #begin(): Promise<void> {
    const { broker, handlers, logger, dataSource, clock, onFatal } = this.#options;
    let waitMs: number = messagingPolicy.retryMinMs;
    while (!this.#stopping.signal.aborted) {
      try {
        await maintainInboxPartitions(dataSource, clock.now());
        await this.#members.join();
        this.#releaser.start();
        await checkTopics(broker, handlers);
        // Stopped meanwhile: a member that joined now would be left by nobody.
        if (this.#stopped()) return;
        await this.#connect();
        this.#upkeep = setInterval(() => void this.#keepUp(), PARTITION_UPKEEP_MS).unref();
        return;
      } catch (error) {
        if (error instanceof DozenError && error.code === 'MSG-PARTITIONS') {
          onFatal(error);
          return;
        }
        logger.warn({ err: error, retry_in_ms: waitMs }, 'consumer cannot start yet');
      }
      await this.#pause(waitMs);
      waitMs = Math.min(waitMs * 2, messagingPolicy.retryMaxMs);
    }
  }

  async #connect(): Promise<void> {
    const { broker, consumer: group, handlers, logger } = this.#options;
    const consumer = broker.consumer({
      group,
      topics: handlers.topics,
      onBatch: (batch) => {
        this.#workers.push(batch, {
          handled: ({ epoch, topic, partition }, offset) => {
            this.#crashes = 0;
            committer.add({ epoch, topic, partition, offset });
          },
          done: (finished) => {
            consumer.resume(finished);
          },
        });
      },
      onAssigned: () => {
        this.#workers.dismiss();
      },
      onCrash: (error) => void this.#restart(error),
    });
    const committer = new OffsetCommitter(consumer, logger);
    this.#session = { consumer, committer, startedAt: performance.now() };
    try {
      await consumer.start();
    } catch (error) {
      await consumer.stop();
      throw error;
    }
  }

  /** The client is gone: its queues are void, what was not committed comes again. Never rejects. */
  async #restart(error: Error): Promise<void> {
    const { logger, onFatal } = this.#options;
    const crashed = this.#session;
    this.#workers.dismiss();
    if (this.#stopped()) return;
    const steady = crashed !== undefined && performance.now() - crashed.startedAt > messagingPolicy.steadyMs;
    this.#crashes = steady ? 1 : this.#crashes + 1;
    logger.warn({ err: error, crashes: this.#crashes }, 'the consumer gets a new client');
    if (this.#crashes >= messagingPolicy.crashesInARow) {
      onFatal(error);
      return;
    }
    await crashed?.consumer.stop();
    await this.#pause(messagingPolicy.retryMinMs * 2 ** this.#crashes);
    if (this.#stopped()) return;
    try {
      await this.#connect();
    } catch (next) {
      await this.#restart(next instanceof Error ? next : new Error(messageOf(next)));
    }
  }

  /** A method, since the state changes while something is awaited. */
  #stopped(): boolean {
    return this.#stopping.signal.aborted;
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

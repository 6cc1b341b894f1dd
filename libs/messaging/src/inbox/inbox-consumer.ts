import type { OutboxPort } from '@dozen/database';
import { backoff, type Clock, DozenError, messageOf, pause } from '@dozen/kernel';
import type { CheckResult, ProgressWatch } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { BrokerPort } from '../broker/port.js';
import { settles } from '../deadline.js';
import { messagingPolicy } from '../policy.js';
import { BatchProcessor } from './handle/batch-processor.js';
import { type BlockedPartition, BlockedPartitions } from './consume/blocked-partitions.js';
import { CrashIsolation } from './crash/isolation.js';
import type { HandlerRegistry } from './handle/handlers.js';
import { ConsumerMembers } from './crash/members.js';
import { maintainInboxPartitions } from './retention.js';
import { BatchDispatcher } from './consume/batch-dispatcher.js';
import { RetryScheduler } from './retry/scheduler.js';
import { ClientSupervisor } from './consume/client-supervisor.js';
import { checkRetention, checkTopics } from './consume/topics.js';

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
  /** How long a client may hear nothing of its group while the broker answers, in ms. Default: the policy's. */
  readonly silentMs?: number;
  /** Called when this process cannot consume any more; it should end. */
  readonly onFatal: (error: unknown) => void;
}

const MAINTENANCE_MS = 60 * 60 * 1000;

/**
 * A consumer from end to end: client of the broker → queue per partition → workers (transactions) → offsets.
 *
 * - *starting*: makes inbox partitions, joins the members, checks the topics, and begins with retries and the first
 *   client. It is repeated until PostgreSQL and Kafka have both answered. A topic with another number of partitions is
 *   fatal.
 * - *consuming*: through one client after another (client-supervisor.ts). Inbox partitions are maintained every hour.
 * - *stopping*: `stop` was called. Nothing more is taken; transactions in flight end, their offsets are committed, the
 *   member row is deleted and the group is left. What hangs is waited for no longer than the policy says, and then
 *   counts as an unclean end.
 * - *left*: `leaveGroup` was called by the stall detector, because nothing moved. The group is left at once, with the
 *   work in flight unfinished, and only another process can help.
 *
 * A crash while consuming rolls back the open transactions. Their records were not committed as offsets and come again,
 * in whatever process gets the partitions. Its member row expires after `memberTtlMs`, which tells the next owners that
 * an end was unclean: they isolate the first messages (crash/isolation.ts). A crash while starting or after stopping
 * leaves nothing to mend.
 */
export class InboxConsumer {
  readonly #options: InboxConsumerOptions & { readonly handlers: HandlerRegistry };
  readonly #dispatcher: BatchDispatcher;
  readonly #retries: RetryScheduler;
  readonly #members: ConsumerMembers;
  readonly #blocked = new BlockedPartitions();
  readonly #stopping = new AbortController();
  readonly #clients: ClientSupervisor;
  #maintenance: NodeJS.Timeout | undefined;
  #leftBecause: string | undefined;

  constructor(options: InboxConsumerOptions & { handlers: HandlerRegistry }) {
    this.#options = options;
    this.#retries = new RetryScheduler(options);
    const processor = new BatchProcessor({ ...options, onRetryParked: () => this.#retries.wake() });
    const members = new ConsumerMembers(options);
    this.#members = members;
    this.#dispatcher = new BatchDispatcher({
      process: (records) => processor.process(records),
      isolate: () => new CrashIsolation({ ...options, processor, members }),
      progress: options.progress,
      blocked: this.#blocked,
      logger: options.logger,
    });
    this.#clients = new ClientSupervisor({
      ...options,
      group: options.consumer,
      dispatcher: this.#dispatcher,
      silentMs: options.silentMs ?? messagingPolicy.silentMs,
      lookMs: messagingPolicy.silentLookMs,
    });
  }

  /** A member of the group, with partitions or waiting for some. */
  get joined(): boolean {
    return this.#clients.joined;
  }

  /** Milliseconds in no group although the broker answers, over all clients; 0 for a member, and in an outage. */
  get silentMs(): number {
    return this.#clients.silentMs;
  }

  /** Partitions that have had records, each with how long it has stood still with an error of the infrastructure. */
  get blocked(): readonly BlockedPartition[] {
    return this.#blocked.seen;
  }

  /**
   * For readiness: a member of the group, and every partition's next offset is in its log (MSG-OFFSET-RANGE). A partition
   * that stands still is noted, and no reason to be unready: the others go on, and no request waits for it.
   */
  check(): CheckResult {
    if (this.#leftBecause !== undefined) return { ok: false, reason: this.#leftBecause };
    if (!this.joined) return { ok: false, reason: 'not a member of the consumer group' };
    const lost = this.#clients.outOfRange;
    const blocked = this.#blocked.describe();
    if (lost.length === 0) return blocked === undefined ? { ok: true } : { ok: true, note: `blocked: ${blocked}` };
    const list = lost.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`).join(', ');
    return { ok: false, reason: `MSG-OFFSET-RANGE: not in the log: ${list}` };
  }

  /** Why the group was left for good, if it was: a restart heals that. */
  get leftBecause(): string | undefined {
    return this.#leftBecause;
  }

  /** Begins in the background: an outage at start only delays. Throws MSG-RETENTION for a topic kept too long. */
  start(): void {
    checkRetention(this.#options.handlers);
    void this.#begin();
  }

  /**
   * Takes nothing more, finishes the transactions in flight, commits, leaves the group. Never rejects, and whatever hangs,
   * it returns within the policy's stopWorkMs + 2 × commitTimeoutMs + leaveMs.
   */
  async stop(): Promise<void> {
    const { logger } = this.#options;
    this.#stopping.abort();
    clearInterval(this.#maintenance);
    this.#clients.close();
    const ended = await settles(
      messagingPolicy.stopWorkMs,
      Promise.all([this.#retries.stop(), this.#dispatcher.finish()]),
    );
    if (!ended) logger.error('work in flight did not end; it is left alone');
    await this.#clients.settle();
    // What hung or left its group ended uncleanly: the next to get its partitions isolates their first messages.
    if (ended && this.#leftBecause === undefined) await settles(messagingPolicy.commitTimeoutMs, this.#members.leave());
    else await settles(messagingPolicy.commitTimeoutMs, this.#members.leaveUncleanly());
    await this.#clients.leave();
  }

  /** Leaves the group at once, with the work in flight unfinished, so that others take its partitions over. */
  async leaveGroup(reason: string): Promise<void> {
    if (this.#stopped()) return;
    this.#leftBecause = reason;
    this.#options.logger.error({ code: 'MSG-STALLED', reason }, 'nothing moves: the consumer leaves its group');
    this.#stopping.abort();
    clearInterval(this.#maintenance);
    void this.#dispatcher.cancelQueued();
    void this.#retries.stop();
    // Noted before the partitions go to another process, which is to isolate their first messages.
    await settles(messagingPolicy.commitTimeoutMs, this.#members.leaveUncleanly());
    await this.#clients.leave();
  }

  async #begin(): Promise<void> {
    const { broker, handlers, logger, dataSource, clock, onFatal } = this.#options;
    for (let failures = 1; !this.#stopping.signal.aborted; failures += 1) {
      const waitMs = backoff(failures, messagingPolicy.retry);
      try {
        await maintainInboxPartitions(dataSource, clock.now());
        await this.#members.join();
        this.#retries.start();
        await checkTopics(broker, handlers);
        // It was stopped meanwhile, and nobody would stop a client that joined now.
        if (this.#stopped()) return;
        await this.#clients.open(handlers.topics);
        if (!this.#stopped()) this.#maintenance = setInterval(() => void this.#maintain(), MAINTENANCE_MS).unref();
        return;
      } catch (error) {
        if (error instanceof DozenError && error.code === 'MSG-PARTITIONS') {
          onFatal(error);
          return;
        }
        logger.warn({ err: error, retry_in_ms: waitMs }, 'consumer cannot start yet');
      }
      await pause(waitMs, this.#stopping.signal);
    }
  }

  /** A method, since the state changes while something is awaited. */
  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #maintain(): Promise<void> {
    try {
      await maintainInboxPartitions(this.#options.dataSource, this.#options.clock.now());
    } catch (error) {
      this.#options.logger.warn({ reason: messageOf(error) }, 'inbox partitions not maintained; next try in an hour');
    }
  }
}

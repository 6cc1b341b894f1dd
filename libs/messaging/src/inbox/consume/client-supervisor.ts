import { backoff, messageOf, pause } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { BrokerConsumer, BrokerPort, OutOfRange } from '../../broker/port.js';
import { brokerWithin } from '../../deadline.js';
import { messagingPolicy } from '../../policy.js';
import { OffsetCommitter } from './offset-committer.js';
import type { BatchDispatcher } from './batch-dispatcher.js';
import { SilenceWatch } from './silence-watch.js';

export interface ClientSupervisorOptions {
  readonly group: string;
  readonly broker: BrokerPort;
  readonly dispatcher: BatchDispatcher;
  readonly logger: Logger;
  /** How long a client may hear nothing of its group while the broker answers, in ms. */
  readonly silentMs: number;
  /** How often a client that is in no group is looked at, in ms. */
  readonly lookMs: number;
  /** Called when another client would not help. */
  readonly onFatal: (error: unknown) => void;
}

/** One client of the broker, with generations of its own. */
interface Client {
  readonly consumer: BrokerConsumer;
  readonly committer: OffsetCommitter;
  readonly startedAt: number;
}

/**
 * Keeps a client of the broker alive for a consumer: one at a time, and another one when it is of no use any more.
 *
 * - *none*: before `open`, and when the first client could not begin. The caller of `open` tries again.
 * - *joining* ⇄ *joined*: the client looks for its group, or is a member. kafkajs moves it, and comes back to joining
 *   at a rebalance or in an outage, however long that is.
 * - *replacing*: the client is being stopped, and after a pause another one begins. It comes to this when the client
 *   has crashed for good (the pause doubles; `crashesInARow` of them are fatal unless a batch was handled in between),
 *   or when it hears nothing of its group for `silentMs` although the broker answers (at once, uncounted, as often as
 *   it takes: `silentMs` goes on, for whoever restarts the process).
 * - *closed*: `close` was called. No client is replaced any more; the last one stays a member until `leave`, so that
 *   commits count.
 *
 * At every change of client or assignment the queued work is cancelled, since it is fetched again. Batches and offsets
 * belong to the client that fetched them, whose generations another client does not know.
 *
 * A crash of the process leaves a member that the broker forgets after its session timeout; then others get its
 * partitions.
 */
export class ClientSupervisor {
  readonly #options: ClientSupervisorOptions;
  readonly #silence: SilenceWatch;
  readonly #closing = new AbortController();
  #topics: readonly string[] = [];
  #current: Client | undefined;
  #watched = false;
  #replacing = false;
  #crashes = 0;

  constructor(options: ClientSupervisorOptions) {
    this.#options = options;
    this.#silence = new SilenceWatch({ joined: () => this.joined, answers: () => this.#answers() });
  }

  get joined(): boolean {
    return this.#current?.consumer.joined ?? false;
  }

  /** See `SilenceWatch.silentMs`; 0 before the first client. */
  get silentMs(): number {
    return this.#silence.silentMs;
  }

  get outOfRange(): readonly OutOfRange[] {
    return this.#current?.consumer.outOfRange ?? [];
  }

  /** The first client. Rejects when it cannot begin, and may be tried again then. */
  async open(topics: readonly string[]): Promise<void> {
    this.#topics = topics;
    if (!this.#watched) void this.#watch();
    this.#watched = true;
    await this.#connect();
  }

  /** Nothing more is fetched, and no client is replaced any more; membership is kept, so that commits count. */
  close(): void {
    this.#closing.abort();
    this.#current?.consumer.pauseAll();
  }

  /** Waits for the commits of what was handled, no longer than the policy's commitTimeoutMs. */
  async settle(): Promise<void> {
    await this.#current?.committer.settle();
  }

  /** Leaves the group. Never rejects. */
  async leave(): Promise<void> {
    this.#closing.abort();
    await this.#current?.consumer.stop();
  }

  async #connect(): Promise<void> {
    const { broker, group, dispatcher, logger } = this.#options;
    const consumer = broker.consumer({
      group,
      topics: this.#topics,
      onBatch: (batch) => {
        dispatcher.push(batch, {
          handled: ({ generation, topic, partition }, offset) => {
            this.#crashes = 0;
            committer.add({ generation, topic, partition, offset });
          },
          done: (finished) => {
            consumer.done(finished);
          },
        });
      },
      onRevoked: () => {
        const finished = async (): Promise<void> => {
          await dispatcher.cancelQueued();
          await committer.settle();
        };
        return dispatcher.idle && committer.idle ? undefined : finished();
      },
      onAssigned: () => {
        this.#silence.heard();
        void dispatcher.cancelQueued();
      },
      onCrash: (error) => void this.#crashed(error),
    });
    const committer = new OffsetCommitter(consumer, logger);
    const client = { consumer, committer, startedAt: performance.now() };
    this.#current = client;
    try {
      await consumer.start();
    } catch (error) {
      await consumer.stop();
      // Another client may have taken its place meanwhile, or is about to: then whoever replaces it goes on.
      if (this.#current !== client || this.#replacing) return;
      // The caller tries again, and nobody else must: a client that is not there is not watched.
      this.#current = undefined;
      throw error;
    }
  }

  /** Never rejects. */
  async #crashed(error: Error): Promise<void> {
    const { dispatcher, logger, onFatal } = this.#options;
    void dispatcher.cancelQueued();
    if (this.#closed()) return;
    const steady =
      this.#current !== undefined && performance.now() - this.#current.startedAt > messagingPolicy.steadyMs;
    this.#crashes = steady ? 1 : this.#crashes + 1;
    logger.warn({ err: error, crashes: this.#crashes }, 'the consumer gets a new client');
    if (this.#crashes >= messagingPolicy.crashesInARow) {
      onFatal(error);
      return;
    }
    // One more: a client has tried for itself before it crashes.
    await this.#replace(backoff(this.#crashes + 1, messagingPolicy.retry));
  }

  /** Never rejects; nothing happens while a client is being replaced already. */
  async #replace(pauseMs: number): Promise<void> {
    if (this.#replacing) return;
    this.#replacing = true;
    void this.#options.dispatcher.cancelQueued();
    await this.#current?.consumer.stop();
    await pause(pauseMs, this.#closing.signal);
    this.#replacing = false;
    if (this.#closed()) return;
    try {
      await this.#connect();
    } catch (error) {
      await this.#crashed(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  /** Never rejects. */
  async #watch(): Promise<void> {
    for (;;) {
      await pause(this.#options.lookMs, this.#closing.signal);
      if (this.#closed()) return;
      const client = this.#current;
      await this.#silence.look();
      if (client === undefined || client !== this.#current || this.#replacing || this.#closed()) continue;
      // Each client gets the whole time, also the one after a silent one.
      const silentMs = Math.min(this.#silence.silentMs, performance.now() - client.startedAt);
      if (silentMs < this.#options.silentMs) continue;
      this.#options.logger.warn(
        { silent_ms: Math.round(silentMs) },
        'the group does not answer although the broker does: the consumer gets a new client',
      );
      // Not awaited, so that the watch goes on: the next client may be silent too.
      void this.#replace(0);
    }
  }

  async #answers(): Promise<boolean> {
    try {
      await brokerWithin(messagingPolicy.adminAskMs, this.#options.broker.ping());
      return true;
    } catch (error) {
      this.#options.logger.debug({ reason: messageOf(error) }, 'in no group, and the broker does not answer');
      return false;
    }
  }

  /** A method, since the state changes while something is awaited. */
  #closed(): boolean {
    return this.#closing.signal.aborted;
  }
}

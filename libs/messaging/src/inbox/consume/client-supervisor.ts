import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@dozen/kernel';
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
 * The client that a consumer reads through, one at a time.
 *
 * none → joining ⇄ joined → replaced → … → closed. It is replaced when it crashes (after a pause; several in a row are
 * fatal), and when it hears nothing of its group although the broker answers (at once, not counted, and again as often
 * as it takes: `silentMs` goes on, for whoever restarts the process). What it had fetched is void and comes again.
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
      // While it began its place may have been taken, or is about to be: whoever does so goes on.
      if (this.#current !== client || this.#replacing) return;
      // Whoever called tries again, and nobody else is to: what is not there is not watched.
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
    await this.#replace(messagingPolicy.retryMinMs * 2 ** this.#crashes);
  }

  /** Never rejects; nothing happens while a client is being replaced already. */
  async #replace(pauseMs: number): Promise<void> {
    if (this.#replacing) return;
    this.#replacing = true;
    void this.#options.dispatcher.cancelQueued();
    await this.#current?.consumer.stop();
    await this.#pause(pauseMs);
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
      await this.#pause(this.#options.lookMs);
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
      // Not awaited: the next client may be silent too.
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

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}

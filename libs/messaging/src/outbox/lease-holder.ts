import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import { messagingPolicy as policy } from '../policy.js';
import { startHeartbeat } from '../heartbeat.js';
import type { Renewal, ShardLeases } from './leases.js';

/**
 * The shards that this process relays, and when to ask about them. Renewal runs beside the batches, so that no row
 * waits for it, and goes on while one waits for the broker; only a process that holds nothing yet, or was frozen for
 * longer than its lease, waits.
 *
 * free → held (renewed at each heartbeat) → excess, when another relay joins: no new batch is begun for it, and once the last one
 * that had it is over it is given up, and the others are told → free. So a hand-over repeats nothing, whoever begins it.
 */
export class LeaseHolder {
  readonly #leases: ShardLeases;
  readonly #logger: Logger;
  readonly #onRenewed: (renewal: Renewal) => Promise<void>;
  readonly #onFailed: () => void;
  readonly #onFreed: () => void;
  /** Shards of the batch that is under way. */
  #inFlight: readonly number[] = [];
  #held: readonly number[] = [];
  #excess: readonly number[] = [];
  #renewedAt = -Infinity;
  #asking: Promise<void> | undefined;
  /** Asked for while a renewal was under way, which may have looked too early. */
  #again = false;
  #stopHeartbeat: (() => void) | undefined;
  #released = false;

  constructor(options: {
    leases: ShardLeases;
    logger: Logger;
    onRenewed: (renewal: Renewal) => Promise<void>;
    /** A renewal failed; the next one comes. */
    onFailed: () => void;
    /** Shards are free for others. */
    onFreed: () => void;
  }) {
    this.#leases = options.leases;
    this.#logger = options.logger;
    this.#onRenewed = options.onRenewed;
    this.#onFailed = options.onFailed;
    this.#onFreed = options.onFreed;
  }

  /** The shards that a batch may be begun of; they are in flight until `done`. */
  async begin(): Promise<readonly number[]> {
    this.#stopHeartbeat ??= startHeartbeat(policy.leaseRenewMs, () => this.renewSoon());
    if (performance.now() - this.#renewedAt >= policy.leaseMs) await this.#ask(() => this.#renew());
    this.#inFlight = this.#held.filter((shard) => !this.#excess.includes(shard));
    return this.#inFlight;
  }

  /** Shards came free. */
  renewSoon(): void {
    if (this.#asking !== undefined) this.#again = true;
    else void this.#inBackground(() => this.#renew());
  }

  /** Whether the rows of this shard are this process's to send. */
  holds(shard: number): boolean {
    return this.#held.includes(shard);
  }

  done(): void {
    this.#inFlight = [];
    if (this.#excess.length > 0) this.renewSoon();
  }

  /** Hands everything over at once. A renewal that is under way is waited for: it would take the shards back. */
  async release(): Promise<void> {
    this.#released = true;
    this.#stopHeartbeat?.();
    await this.#asking?.catch(() => undefined);
    if (!Number.isFinite(this.#renewedAt)) return;
    await this.#leases.release();
    this.#held = [];
    this.#onFreed();
  }

  async #renew(): Promise<void> {
    const renewal = await this.#leases.renew();
    const { held, share } = renewal;
    this.#held = held;
    this.#excess = held.slice(share);
    this.#renewedAt = performance.now();
    await this.#giveUpExcess();
    await this.#onRenewed(renewal);
  }

  async #giveUpExcess(): Promise<void> {
    const idle = this.#excess.filter((shard) => !this.#inFlight.includes(shard));
    if (idle.length === 0) return;
    await this.#leases.giveUp(idle);
    this.#held = this.#held.filter((shard) => !idle.includes(shard));
    this.#excess = this.#excess.filter((shard) => !idle.includes(shard));
    this.#onFreed();
  }

  /** One question at a time; whoever comes meanwhile waits for that one. */
  #ask(question: () => Promise<void>): Promise<void> {
    if (this.#released) return Promise.resolve();
    this.#asking ??= question().finally(() => {
      this.#asking = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.renewSoon();
    });
    return this.#asking;
  }

  /** In an outage the loop's own statements fail as well, and say so. */
  async #inBackground(question: () => Promise<void>): Promise<void> {
    try {
      await this.#ask(question);
    } catch (error) {
      this.#onFailed();
      this.#logger.debug({ reason: messageOf(error) }, 'leases not renewed');
    }
  }
}

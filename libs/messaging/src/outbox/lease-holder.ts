import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import { messagingPolicy as policy } from '../policy.js';
import { startHeartbeat } from '../heartbeat.js';
import type { Renewal, ShardLeases } from './leases.js';

/**
 * The shards that this process relays, and when it asks the database about them. `ShardLeases` has the statements.
 *
 * A shard is, as this process sees it:
 *
 * - *free*: nobody has its lease, or somebody else does. A renewal takes it while this process has less than its fair
 *   share.
 * - *held*: the lease is this process's, renewed at each heartbeat. Renewal runs beside the batches, so no row waits
 *   for it; only a process that holds nothing yet, or was frozen for longer than its lease, waits in `begin`.
 * - *in flight*: held, and part of the batch that began last. `done` ends it.
 * - *excess*: held beyond the fair share, since another relay has joined. `begin` leaves it out of new batches. Once it
 *   is not in flight the next renewal gives it up and tells the others: free. So a hand-over repeats nothing, whoever
 *   begins it.
 *
 * `release` gives everything up when the process stops.
 *
 * A crash leaves the leases, which run out after `leaseMs`; other relays then take the shards. Rows that were in flight
 * are sent again. A process that was frozen past its lease may send at the same time as the new holder; nothing but
 * work hangs on a lease.
 */
export class LeaseHolder {
  readonly #leases: ShardLeases;
  readonly #logger: Logger;
  readonly #onRenewed: (renewal: Renewal) => Promise<void>;
  readonly #onFailed: () => void;
  readonly #onFreed: () => void;
  /** The shards of the batch that began last; empty once it is done. */
  #inFlight: readonly number[] = [];
  #held: readonly number[] = [];
  #excess: readonly number[] = [];
  #renewedAt = -Infinity;
  #asking: Promise<void> | undefined;
  /** A renewal was asked for while one was under way, which may have looked too early: another one follows. */
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

  /** Returns the shards that a new batch may have rows of. They are in flight until `done`. */
  async begin(): Promise<readonly number[]> {
    this.#stopHeartbeat ??= startHeartbeat(policy.leaseRenewMs, () => this.renewSoon());
    if (performance.now() - this.#renewedAt >= policy.leaseMs) await this.#ask(() => this.#renew());
    this.#inFlight = this.#held.filter((shard) => !this.#excess.includes(shard));
    return this.#inFlight;
  }

  /** Asks for a renewal, as when another relay has freed shards. */
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

  /** Asks one question at a time; whoever comes meanwhile waits for that one. */
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

  /** Never rejects: in an outage the relay loop's own statements fail as well, and say so. */
  async #inBackground(question: () => Promise<void>): Promise<void> {
    try {
      await this.#ask(question);
    } catch (error) {
      this.#onFailed();
      this.#logger.debug({ reason: messageOf(error) }, 'leases not renewed');
    }
  }
}

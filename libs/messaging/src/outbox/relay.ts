import type { ChangeNotifications } from '@dozen/database';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { BrokerPort } from '../broker/port.js';
import { settles } from '../deadline.js';
import { messagingPolicy as policy } from '../policy.js';
import { LowWatermarks } from './low-watermarks.js';
import { LeaseHolder } from './lease-holder.js';
import { type Renewal, ShardLeases } from './leases.js';
import { RelayLoop } from './loop.js';
import { OutboxStore } from './store.js';

/** The channel of change notifications on which relays hear that rows of a shard were committed; the payload is the shard. */
const WRITTEN = 'dozen_outbox_written';
/** The channel on which they hear that shards are free. */
const FREED = 'dozen_outbox_freed';

export interface RelayOptions {
  readonly broker: BrokerPort;
  readonly dataSource: DataSource;
  readonly logger: Logger;
  /**
   * Connects the processes that write to an outbox with those that relay it. Without it, polling finds what others
   * commit.
   */
  readonly notifications?: ChangeNotifications | undefined;
}

/**
 * Moves committed rows to the broker, in order per key, at least once. One batch is in flight: what is committed meanwhile
 * goes with the next one.
 */
export class Relay {
  readonly #leaseHolder: LeaseHolder;
  readonly #lowWatermarks: LowWatermarks;
  readonly #notifications: ChangeNotifications | undefined;
  readonly #loop: RelayLoop;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(options: RelayOptions) {
    const { broker, dataSource, notifications, logger } = options;
    const store = new OutboxStore(dataSource);
    const lowWatermarks = new LowWatermarks();
    const refused = { some: true };
    const onRenewed = async (renewal: Renewal): Promise<void> => {
      refused.some = renewal.refused;
      this.#wake(renewal.taken);
      await lowWatermarks.advanceSafePoint(store, renewal.lastSeq);
    };
    const onFreed = (): void => notifications?.announce(FREED);
    const onFailed = (): void => lowWatermarks.clear();
    const leaseHolder = new LeaseHolder({ leases: new ShardLeases(dataSource), logger, onRenewed, onFailed, onFreed });
    const stopping = this.#stopping.signal;
    this.#leaseHolder = leaseHolder;
    this.#lowWatermarks = lowWatermarks;
    this.#notifications = notifications;
    this.#loop = new RelayLoop({ broker, store, leaseHolder, lowWatermarks, refused, logger, stopping });
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#running = this.#loop.run();
    this.#notifications?.listen(WRITTEN, {
      onNotification: (shard) => this.#wake([Number(shard)]),
      onGap: () => {
        // The server may have crashed meanwhile, and have taken back the last deletions.
        this.#lowWatermarks.clear();
        this.#wake([...Array(policy.shards).keys()]);
      },
    });
    this.#notifications?.listen(FREED, {
      onNotification: () => this.#leaseHolder.renewSoon(),
      onGap: () => undefined,
    });
  }

  /** Rows of these shards were committed in this process. Those that another relay holds are announced to it. */
  wake(shards: readonly number[]): void {
    this.#wake(shards);
    for (const shard of shards) {
      if (!this.#leaseHolder.holds(shard)) this.#notifications?.announce(WRITTEN, String(shard));
    }
  }

  /** Finishes the batch in flight and hands the shards over at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#loop.wake();
    /**
     * In an outage a send may hang longer than a drain allows. It need not be waited for: its rows stay in the outbox.
     */
    await settles(policy.relayStopMs, this.#running ?? Promise.resolve());
    await this.#loop.close();
    await this.#leaseHolder.release();
  }

  #wake(shards: readonly number[]): void {
    if (shards.some((shard) => this.#leaseHolder.holds(shard))) this.#loop.wake();
  }
}

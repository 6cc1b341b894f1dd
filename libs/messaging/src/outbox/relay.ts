import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { BrokerPort } from '../broker/port.js';
import { messagingPolicy as policy } from '../policy.js';
import { Floors } from './floors.js';
import { laneOf, ShardHolding } from './holding.js';
import { RelayLane } from './lane.js';
import { ShardLeases } from './leases.js';
import { OutboxStore } from './store.js';

/**
 * Moves committed rows to the broker, in order per key, at least once. Its shards are dealt out to a few lanes, each with
 * one batch in flight and a producer of its own: while one waits for the broker, another reads or deletes.
 */
export class Relay {
  readonly #holding: ShardHolding;
  readonly #lanes: readonly RelayLane[];
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(options: { broker: BrokerPort; dataSource: DataSource; logger: Logger }) {
    const { broker, dataSource, logger } = options;
    const store = new OutboxStore(dataSource);
    const floors = new Floors();
    const refused = { some: true };
    const onRenewed = async (): Promise<void> => {
      refused.some = await store.anyRefused();
      await floors.settle(store);
    };
    const holding = new ShardHolding({ leases: new ShardLeases(dataSource), logger, onRenewed });
    const stopping = this.#stopping.signal;
    this.#holding = holding;
    this.#lanes = Array.from(
      { length: policy.relayLanes },
      (_, lane) => new RelayLane({ lane, broker, store, holding, floors, refused, logger, stopping }),
    );
  }

  start(): void {
    this.#running ??= Promise.all(this.#lanes.map((lane) => lane.run()));
  }

  /** Rows of these shards were committed in this process. */
  wake(shards: readonly number[]): void {
    for (const lane of new Set(shards.map(laneOf))) this.#lanes[lane]?.wake();
  }

  /** Finishes the batches in hand and hands the shards over at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const lane of this.#lanes) lane.wake();
    // In an outage a send may hang longer than a drain allows; unsent rows stay in the outbox, so it can be left.
    await Promise.race([this.#running, sleep(policy.relayStopMs, undefined, { ref: false })]);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    await this.#holding.release();
  }
}

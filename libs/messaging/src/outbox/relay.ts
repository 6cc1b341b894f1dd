import { setTimeout as sleep } from 'node:timers/promises';
import { DozenError, messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { BrokerPort, BrokerProducer } from '../broker/port.js';
import { messagingPolicy as policy } from '../policy.js';
import { ShardLeases } from './leases.js';
import { type OutboxRow, OutboxStore } from './store.js';

/**
 * Moves committed rows to the broker: read the lowest of its shards, send, wait for the ack, delete.
 *
 * A crash before the ack leaves the rows: they are sent again. A crash between ack and delete sends them twice: the
 * inbox drops the second. A rejected send leaves the rows and spoils the producer, which is thrown away. One batch is
 * in flight at a time, so the records of a key keep the order of `seq`.
 */
export class Relay {
  readonly #broker: BrokerPort;
  readonly #store: OutboxStore;
  readonly #leases: ShardLeases;
  readonly #logger: Logger;
  #producer: BrokerProducer | undefined;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #wakeUp = Promise.withResolvers<true>();
  #shards: readonly number[] = [];
  #renewedAt = -Infinity;

  constructor(options: { broker: BrokerPort; dataSource: DataSource; logger: Logger }) {
    this.#broker = options.broker;
    this.#store = new OutboxStore(options.dataSource);
    this.#leases = new ShardLeases(options.dataSource);
    this.#logger = options.logger;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something was committed in this process. */
  wake(): void {
    this.#wakeUp.resolve(true);
  }

  /** Finishes the batch in hand and hands the shards over at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    // In an outage a send may hang longer than a drain allows; unsent rows stay in the outbox, so it can be left.
    await Promise.race([this.#running, sleep(policy.relayStopMs, undefined, { ref: false })]);
    await this.#discardProducer();
    if (Number.isFinite(this.#renewedAt)) await this.#leases.release();
  }

  async #run(): Promise<void> {
    let idleMs: number = policy.relayPollMinMs;
    let failedMs: number = policy.retryMinMs;
    while (!this.#stopping.signal.aborted) {
      try {
        const sent = await this.#pass();
        failedMs = policy.retryMinMs;
        idleMs = sent > 0 ? policy.relayPollMinMs : Math.min(idleMs * 2, policy.relayPollMaxMs);
        if (sent === 0 && (await this.#idle(idleMs))) idleMs = policy.relayPollMinMs;
      } catch (error) {
        this.#logger.warn({ err: error, retry_in_ms: failedMs }, 'relay pass failed; its rows stay in the outbox');
        await this.#discardProducer();
        await sleep(failedMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        failedMs = Math.min(failedMs * 2, policy.retryMaxMs);
      }
    }
  }

  /** One batch; returns how many rows were sent. */
  async #pass(): Promise<number> {
    if (performance.now() - this.#renewedAt >= policy.leaseRenewMs) {
      this.#shards = await this.#leases.renew();
      this.#renewedAt = performance.now();
    }
    if (this.#shards.length === 0) return 0;
    const rows = await this.#store.lowest(this.#shards, Math.ceil(policy.relayBatch / this.#shards.length));
    if (rows.length === 0) return 0;
    try {
      await this.#send(rows);
    } catch (error) {
      if (!(error instanceof DozenError && error.code === 'MSG-REFUSED')) throw error;
      return this.#sendOneByOne(rows);
    }
    await this.#store.delete(rows);
    return rows.length;
  }

  async #send(rows: readonly OutboxRow[]): Promise<void> {
    this.#producer ??= await this.#broker.producer({ timeoutMs: policy.relaySendTimeoutMs });
    try {
      await this.#producer.send(rows, { timeoutMs: policy.relaySendTimeoutMs });
    } catch (error) {
      await this.#discardProducer();
      throw error;
    }
  }

  /** The broker refused some row of the batch without saying which: find it, park its key, send the rest. */
  async #sendOneByOne(rows: readonly OutboxRow[]): Promise<number> {
    const refusedKeys = new Set<string>();
    for (const row of rows) {
      const key = `${row.topic}\n${row.key}`;
      if (refusedKeys.has(key)) continue;
      try {
        await this.#send([row]);
        await this.#store.delete([row]);
      } catch (error) {
        if (!(error instanceof DozenError && error.code === 'MSG-REFUSED')) throw error;
        refusedKeys.add(key);
        await this.#store.refuse(row, error.message);
        this.#logger.error({ err: error, topic: row.topic, key: row.key }, 'the broker refuses a message; key parked');
      }
    }
    return rows.length;
  }

  /** True when woken before the time was over. */
  async #idle(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const woken = await Promise.race([
      this.#wakeUp.promise,
      sleep(ms, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    if (woken) this.#wakeUp = Promise.withResolvers<true>();
    return woken;
  }

  async #discardProducer(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    try {
      await producer?.close();
    } catch (error) {
      this.#logger.debug({ reason: messageOf(error) }, 'closing a discarded producer failed');
    }
  }
}

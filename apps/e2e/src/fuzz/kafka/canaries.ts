import { setTimeout as sleep } from 'node:timers/promises';
import { newId, pause } from '@dozen/kernel';
import { recordBatch } from '@dozen/testing';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { SERVICE_NAMES } from '@dozen/manifest';
import type { World } from '../world.js';
import type { Stores } from '../stores.js';
import { newIdIn } from './partition.js';
import { produce } from './produce.js';

const FINAL_MS = 5_000;
const LOOK_EVERY_MS = 40;
/** However slowly it goes on: a machine that is this slow tells nothing. */
const LONGEST_MS = 180_000;
const TOPICS = ['orders.commands', 'orders.events', 'billing.events', 'notifier.events'];

/**
 * Places orders behind whatever was sent to a partition. The events of such an order pass the same partition of every topic, so
 * when it is final, everything that was sent before has been passed.
 */
export class Canaries {
  readonly #world: World;
  readonly #stores: Stores;
  readonly #admin: Admin;
  readonly #waiting = new Map<string, () => void>();
  readonly #placed: string[] = [];
  readonly #ending = new AbortController();
  #looking: Promise<void> | undefined;

  private constructor(world: World, stores: Stores, admin: Admin) {
    this.#world = world;
    this.#stores = stores;
    this.#admin = admin;
  }

  static async open(world: World, stores: Stores): Promise<Canaries> {
    const admin = new Kafka({ brokers: [new URL(world.backing.kafka.url).host], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const canaries = new Canaries(world, stores, admin);
    canaries.#looking = canaries.#look();
    return canaries;
  }

  get placed(): readonly string[] {
    return this.#placed;
  }

  /**
   * Resolves with undefined when an order that was sent now is final, or with why it is not: 5 s after its turn, that is
   * since its partition last moved in any topic.
   */
  async pass(partition: number): Promise<string | undefined> {
    const id = newIdIn(partition);
    const ended = this.#world.ended.length;
    const final = new Promise<'final'>((resolve) => this.#waiting.set(id, () => resolve('final')));
    await this.#place(id, partition);
    const began = performance.now();
    let moved = await this.#positions(partition);
    for (;;) {
      if ((await Promise.race([final, sleep(FINAL_MS, 'late' as const)])) === 'final') return undefined;
      if (this.#world.ended.length > ended) return `${this.#world.ended.slice(ended).join(', ')} ended`;
      const now = await this.#positions(partition);
      if (now === moved || performance.now() - began > LONGEST_MS) {
        this.#waiting.delete(id);
        return `the order ${id} behind it is not final after ${((performance.now() - began) / 1000).toFixed(1)} s, and partition ${partition} stands still at ${now}`;
      }
      moved = now;
    }
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#looking;
    await this.#admin.disconnect();
  }

  async #place(orderId: string, partition: number): Promise<void> {
    const value = JSON.stringify({
      orderId,
      customer: { id: 'fuzz-canary', email: 'fuzz-canary@example.org', locale: 'en' },
      items: [{ sku: 'CHOCOLATE-70', quantity: 1 }],
      paymentToken: 'tok_ok',
    });
    const headers = [
      ['ce_specversion', '1.0'],
      ['ce_id', newId()],
      ['ce_type', 'dozen.PlaceOrder.v1'],
      ['ce_source', '/fuzz/canary'],
      ['ce_time', new Date().toISOString()],
      ['ce_subject', orderId],
    ] as const;
    const frame = await recordBatch([{ key: orderId, value, headers }]);
    const { errorCode } = await produce(this.#world.backing.kafka.url, {
      topic: 'orders.commands',
      partition,
      frame,
    });
    if (errorCode !== 0) throw new Error(`the broker refused an ordinary record: error ${errorCode}`);
    this.#placed.push(orderId);
  }

  /** How far each group is in the partition of each topic; says nothing else. */
  async #positions(partition: number): Promise<string> {
    const all = await Promise.all(
      SERVICE_NAMES.map(async (groupId) => {
        const topics = await this.#admin.fetchOffsets({ groupId, topics: TOPICS });
        return topics.flatMap(({ topic, partitions }) =>
          partitions
            .filter((one) => one.partition === partition && one.offset !== '-1')
            .map(({ offset }) => `${groupId} ${topic} ${offset}`),
        );
      }),
    );
    return all.flat().join(', ');
  }

  /** One question for all that are waited for. */
  async #look(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const ids = [...this.#waiting.keys()];
      const rows = ids.length === 0 ? [] : await this.#finals(ids);
      for (const { id } of rows) {
        this.#waiting.get(id)?.();
        this.#waiting.delete(id);
      }
      await pause(LOOK_EVERY_MS, this.#ending.signal);
    }
  }

  #finals(ids: readonly string[]): Promise<{ id: string }[]> {
    return this.#stores.query<{ id: string }>(
      'gateway',
      `SELECT id::text FROM orders WHERE id = ANY($1::uuid[]) AND status IN ('confirmed', 'rejected', 'cancelled')`,
      [ids],
    );
  }
}

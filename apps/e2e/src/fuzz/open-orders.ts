import { availableParallelism, loadavg } from 'node:os';
import type { Stores } from './stores.js';

/** Longer than a card that answers badly takes, in ms; on a machine with more to do than it can, as much longer. */
const ENOUGH_MS = 25_000;

function enough(): number {
  const [lastMinute = 0] = loadavg();
  return ENOUGH_MS * Math.max(1, lastMinute / availableParallelism());
}

export interface OpenOrder {
  readonly id: string;
  /** As the gateway shows it; undefined when it knows none. */
  readonly status: string | undefined;
  /** Of the case that placed it; undefined for one by HTTP. */
  readonly index: number | undefined;
}

/** Orders that were taken: each must be final some time. */
export class OpenOrders {
  readonly #stores: Stores;
  readonly #open = new Map<string, { readonly index: number | undefined; readonly at: number }>();

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  add(id: string, index?: number): void {
    this.#open.set(id, { index, at: performance.now() });
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Returns the orders that are not final although they have had enough time, and forgets them, as it forgets those that are
   * final.
   */
  async overdue(enoughMs = enough()): Promise<OpenOrder[]> {
    const due = [...this.#open].filter(([, { at }]) => performance.now() - at > enoughMs);
    if (due.length === 0) return [];
    const late = await this.#notFinal(due.map(([id]) => id));
    for (const [id] of due) this.#open.delete(id);
    return due.flatMap(([id, { index }]) => (late.has(id) ? [{ id, status: late.get(id), index }] : []));
  }

  /** How many are not final now. */
  async unfinished(): Promise<number> {
    const late = await this.#notFinal([...this.#open.keys()]);
    for (const id of [...this.#open.keys()]) if (!late.has(id)) this.#open.delete(id);
    return late.size;
  }

  async #notFinal(ids: readonly string[]): Promise<Map<string, string | undefined>> {
    const rows = await this.#stores.query<{ id: string; status: string }>(
      'gateway',
      'SELECT id::text, status FROM orders WHERE id = ANY($1::uuid[])',
      [ids],
    );
    const status = new Map(rows.map((row) => [row.id, row.status]));
    const final = (id: string): boolean => ['confirmed', 'rejected', 'cancelled'].includes(status.get(id) ?? '');
    return new Map(ids.filter((id) => !final(id)).map((id) => [id, status.get(id)]));
  }
}

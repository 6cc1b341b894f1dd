import { type Clock, systemClock } from '@dozen/kernel';
import { type Logger, recorder } from '@dozen/telemetry';
import { z } from 'zod';
import { Guard } from './guard.js';
import { cacheMetrics } from './metrics.js';
import { openStore } from './open-store.js';
import { type CachePolicy, cachePolicy } from './policy.js';
import { CACHE_TABLE, type Store } from './store.js';

/** What is stored. Times are of the process that stored it, in ms. */
const entrySchema = z.object({ text: z.string(), freshUntil: z.number(), loadMs: z.number().min(0) });
type Entry = z.output<typeof entrySchema>;

export interface TtlCacheOptions {
  /** `redis://` or `postgres://`; the latter as `installCache` has prepared it. */
  readonly url: string;
  /** Whose keys: several services may share one cache. */
  readonly service: string;
  /** The most that an answer is behind its source, in ms. */
  readonly ttlMs: number;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly policy?: Partial<CachePolicy>;
}

/**
 * Keeps texts that are expensive to make, for a while. A cache that is away, slow or full of nonsense delays an answer by at
 * most `cachePolicy.timeoutMs`, and never makes it wrong.
 *
 * What prevents a stampede? In one process those who ask for a key at the same time share one answer. Across processes somebody
 * makes a text again shortly before its time is over, sooner the longer it takes and the more ask: each reader draws for it (A.
 * Vattani et al., Optimal Probabilistic Cache Stampede Prevention, VLDB 2015). An empty cache is filled by each process once.
 */
export class TtlCache {
  readonly #options: Required<TtlCacheOptions>;
  readonly #store: Store;
  readonly #guard: Guard;
  readonly #inFlight = new Map<string, Promise<string>>();
  readonly #reads = recorder(cacheMetrics.reads);

  private constructor(options: Required<TtlCacheOptions>, store: Store, guard: Guard) {
    this.#options = options;
    this.#store = store;
    this.#guard = guard;
  }

  /** Connects when it is first asked. */
  static async open(options: TtlCacheOptions): Promise<TtlCache> {
    const policy = { ...cachePolicy, ...options.policy };
    const guard = new Guard({ ...options, policy });
    const store = await openStore({ table: CACHE_TABLE, ...options, policy, onError: (error) => guard.failed(error) });
    return new TtlCache({ clock: systemClock, random: Math.random, ...options, policy }, store, guard);
  }

  /**
   * The text of the key. Trap: it is the same for all who ask, so a key must name everything that the text depends on, and
   * there must be few keys: PostgreSQL drops none that nobody asks for any more.
   * @throws only what `load` throws, for all who share it.
   */
  get(key: string, load: () => Promise<string>): Promise<string> {
    const inFlight = this.#inFlight.get(key);
    if (inFlight !== undefined) return inFlight;
    const answer = this.#answer(key, load).finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, answer);
    return answer;
  }

  /** Questions in flight are given up. */
  close(): Promise<void> {
    return this.#store.close();
  }

  async #answer(key: string, load: () => Promise<string>): Promise<string> {
    const asked = await this.#guard.ask('get', () => this.#store.keyv.get(key));
    const found = entrySchema.safeParse(asked?.answer);
    const hit = found.success && this.#holds(found.data);
    this.#reads.record(1, { 'dozen.outcome': hit ? 'hit' : asked === undefined ? 'failed' : 'miss' });
    if (hit) return found.data.text;
    const startedAt = performance.now();
    const text = await load();
    // The cache did not answer, so it may have a good entry, which must stay. Nor should this answer wait for the cache twice.
    if (asked === undefined) return text;
    const { ttlMs, clock } = this.#options;
    const loadMs = performance.now() - startedAt;
    // The time counts from before the load: what was read may have changed since.
    const freshUntil = clock.now().getTime() - loadMs + ttlMs;
    await this.#guard.ask('set', () => this.#store.keyv.set(key, { text, freshUntil, loadMs } satisfies Entry, ttlMs));
    return text;
  }

  /**
   * An entry is refused, too, if it is fresh for longer than the TTL from now: the clock of the process that stored it is
   * ahead.
   */
  #holds({ freshUntil, loadMs }: Entry): boolean {
    const { clock, random, ttlMs } = this.#options;
    const leftMs = freshUntil - clock.now().getTime();
    return leftMs <= ttlMs && leftMs + loadMs * Math.log(random()) > 0;
  }
}

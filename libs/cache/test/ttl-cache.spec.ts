import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@dozen/telemetry';
import { eventually, TcpProxy } from '@dozen/testing';
import { cachePolicy, TtlCache, type TtlCacheOptions } from '../src/index.js';
import { openStore } from '../src/open-store.js';
import { CACHE_TABLE } from '../src/store.js';
import { backEnds } from './support/back-ends.js';

const SLOW = { timeoutMs: 5_000 };
/** What an answer takes at most that waits for no cache. */
const AT_ONCE_MS = 1_000;

/** A source that counts how often it is asked. */
class Source {
  asked = 0;

  constructor(private readonly takesMs = 0) {}

  readonly load = async (): Promise<string> => {
    this.asked += 1;
    const text = `text ${this.asked}`;
    await sleep(this.takesMs);
    return text;
  };
}

/** Without its cache every answer is another; which text it keeps at last is a matter of the moment when it is back. */
async function untilKept(cache: TtlCache, key: string, source: Source): Promise<void> {
  await eventually(async () => {
    const text = await cache.get(key, source.load);
    expect(await cache.get(key, source.load)).toBe(text);
  });
}

/** What the caches of a back end keep their texts in. */
function storeOf({ url }: { readonly url: string }) {
  return openStore({ url, service: 'test', table: CACHE_TABLE, policy: cachePolicy, onError: fail });
}

for (const { name, here, start } of backEnds) {
  (here ? describe : describe.skip)(`a cache in ${name}`, () => {
    let backEnd: Awaited<ReturnType<typeof start>>;
    let proxy: TcpProxy;
    let open: TtlCache[];
    let logs: string[];
    let keys = 0;

    beforeAll(async () => {
      backEnd = await start();
    });
    afterAll(() => backEnd.stop());

    beforeEach(async () => {
      proxy = await TcpProxy.start(() => Number(new URL(backEnd.url).port));
      open = [];
      logs = [];
    });
    afterEach(async () => {
      await Promise.all(open.map((cache) => cache.close()));
      await proxy.stop();
    });

    /** As another process has it. Patient, since tests share a busy machine; nobody draws for an early refresh. */
    async function cacheOf(options: Partial<TtlCacheOptions> = {}): Promise<TtlCache> {
      const destination = { write: (line: string) => void logs.push(line) };
      const logger = createLogger({ service: 'test', release: 'test', level: 'info', destination });
      const url = Object.assign(new URL(backEnd.url), { port: String(proxy.port) }).href;
      const cache = await TtlCache.open({
        url,
        service: 'test',
        ttlMs: 60_000,
        logger,
        random: () => 1,
        policy: SLOW,
        ...options,
      });
      open.push(cache);
      return cache;
    }

    const newKey = () => `key-${(keys += 1)}`;

    async function timed(work: Promise<string>): Promise<{ text: string; ms: number }> {
      const startedAt = performance.now();
      return { text: await work, ms: performance.now() - startedAt };
    }

    it('asks the source once for 200 at once, and for another process not at all', async () => {
      const [cache, source, key] = [await cacheOf(), new Source(20), newKey()];
      const texts = await Promise.all(Array.from({ length: 200 }, () => cache.get(key, source.load)));
      expect(new Set(texts)).toEqual(new Set(['text 1']));
      expect(await (await cacheOf()).get(key, source.load)).toBe('text 1');
      expect(source.asked).toBe(1);
      expect(logs).toEqual([]);
    });

    it('asks it again when the time is over', async () => {
      const [cache, source, key] = [await cacheOf({ ttlMs: 300 }), new Source(), newKey()];
      await cache.get(key, source.load);
      expect(await cache.get(key, source.load)).toBe('text 1');
      await sleep(350);
      expect(await cache.get(key, source.load)).toBe('text 2');
    });

    it('counts the time from before the source was asked, which may have changed since', async () => {
      const [cache, source, key] = [await cacheOf({ ttlMs: 600 }), new Source(500), newKey()];
      await cache.get(key, source.load);
      await sleep(150);
      expect(await cache.get(key, source.load)).toBe('text 2');
    });

    it('leaves nothing in the store when the time is over', async () => {
      const [cache, source, key] = [await cacheOf({ ttlMs: 300 }), new Source(), newKey()];
      const store = await storeOf(backEnd);
      await cache.get(key, source.load);
      expect(await store.keyv.get(key)).toBeDefined();
      await sleep(350);
      expect(await store.keyv.get(key)).toBeUndefined();
      await store.close();
    });

    it('keeps keys, and those of other services, apart', async () => {
      const [cache, other, source, key] = [
        await cacheOf(),
        await cacheOf({ service: 'other' }),
        new Source(),
        newKey(),
      ];
      const texts = [
        await cache.get(key, source.load),
        await cache.get(newKey(), source.load),
        await other.get(key, source.load),
      ];
      expect(texts).toEqual(['text 1', 'text 2', 'text 3']);
    });

    it('lets one reader make a text again before its time is over, the sooner the longer that takes', async () => {
      const [source, key] = [new Source(100), newKey()];
      const ttlMs = 2_000;
      await (await cacheOf({ ttlMs })).get(key, source.load);
      const draws = async (random: number) => (await cacheOf({ ttlMs, random: () => random })).get(key, source.load);
      expect(await draws(0.9)).toBe('text 1');
      expect(await draws(1e-12)).toBe('text 2');
    });

    it('does not believe a process whose clock is ahead', async () => {
      const [source, key] = [new Source(), newKey()];
      const ahead = { now: () => new Date(Date.now() + 300_000) };
      await (await cacheOf({ clock: ahead })).get(key, source.load);
      expect(await (await cacheOf()).get(key, source.load)).toBe('text 2');
    });

    it('takes nonsense under its key for nothing', async () => {
      const [source, key] = [new Source(), newKey()];
      const store = await storeOf(backEnd);
      await store.keyv.set(key, { text: 4 }, 60_000);
      await store.close();
      expect(await (await cacheOf()).get(key, source.load)).toBe('text 1');
    });

    it('tells all who wait that the source fails, and keeps nothing of it', async () => {
      const [cache, source, key] = [await cacheOf(), new Source(), newKey()];
      const broken = () => Promise.reject(new Error('no database'));
      const answers = await Promise.allSettled([cache.get(key, broken), cache.get(key, broken)]);
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await cache.get(key, source.load)).toBe('text 1');
    });

    it('goes without a cache that is gone, says so once, and uses it again when it is back', async () => {
      const [cache, source, key] = [await cacheOf(), new Source(), newKey()];
      await cache.get(key, source.load);
      proxy.refuse(true);
      for (let asked = 2; asked <= 30; asked += 1) {
        const { text, ms } = await timed(cache.get(key, source.load));
        expect(text).toBe(`text ${asked}`);
        expect(ms).toBeLessThan(AT_ONCE_MS);
      }
      expect(logs.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['the cache fails: going without']);
      proxy.refuse(false);
      await untilKept(cache, key, source);
      expect(logs.at(-1)).toContain('the cache answers again');
    });

    it('waits for a cache that hangs once, and not for long', async () => {
      const [source, key] = [new Source(), newKey()];
      await (await cacheOf()).get(key, source.load);
      const cache = await cacheOf({ policy: { timeoutMs: 2_000, retryMs: 2_000 } });
      await cache.get(key, source.load);
      proxy.swallow(true);
      const [first, second] = [await timed(cache.get(key, source.load)), await timed(cache.get(key, source.load))];
      expect([first.text, second.text]).toEqual(['text 2', 'text 3']);
      expect(first.ms).toBeGreaterThan(1_900);
      expect(first.ms).toBeLessThan(2_000 + AT_ONCE_MS);
      expect(second.ms).toBeLessThan(AT_ONCE_MS);
      proxy.swallow(false);
      await untilKept(cache, key, source);
    });

    it('makes no answer wait twice, however long its source takes', async () => {
      const [source, key] = [new Source(50), newKey()];
      const cache = await cacheOf({ policy: { timeoutMs: 2_000, retryMs: 10 } });
      await cache.get(key, source.load);
      proxy.swallow(true);
      const { text, ms } = await timed(cache.get(key, source.load));
      expect(text).toBe('text 2');
      expect(ms).toBeLessThan(2_000 + AT_ONCE_MS);
      proxy.swallow(false);
    });

    it('survives that its connection breaks while nobody asks', async () => {
      const [cache, source, key] = [await cacheOf(), new Source(), newKey()];
      await cache.get(key, source.load);
      proxy.cut();
      await eventually(async () => {
        expect(await cache.get(key, source.load)).toBe('text 1');
      });
    });

    it('is not in the way of a process that ends: its connections are closed, also while it hangs', async () => {
      const [cache, source, key] = [await cacheOf(), new Source(), newKey()];
      await cache.get(key, source.load);
      expect(proxy.connections).toBeGreaterThan(0);
      proxy.swallow(true);
      const asked = cache.get(key, source.load);
      // So that the question is on its way.
      await sleep(100);
      const closing = await timed(cache.close().then(() => 'closed'));
      expect(closing.ms).toBeLessThan(SLOW.timeoutMs + AT_ONCE_MS);
      expect(await asked).toBe('text 2');
      await eventually(() => {
        expect(proxy.connections).toBe(0);
        return Promise.resolve();
      });
      open = [];
    });
  });
}

function fail(error: Error): void {
  throw error;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { eventually } from '@dozen/testing';
import { Orders } from '../src/application/ports.js';
import { startCompressingProxy } from './support/compressing-proxy.js';
import { EventSource } from './support/event-source.js';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

const pathOf = (id: string): string => `/v1/orders/${id}/events`;

/** Three polls of the timeline, and more. */
const POLLS_MS = 700;

async function pollsOf(work: () => Promise<unknown> = () => Promise.resolve()): Promise<number> {
  const asked = jest.spyOn(gateway.app.get(Orders), 'newEntries');
  try {
    await work();
    await sleep(POLLS_MS);
    return asked.mock.calls.length;
  } finally {
    asked.mockRestore();
  }
}

const noPolls = (): Promise<void> => eventually(async () => expect(await pollsOf()).toBe(0));

async function open(id: string, headers: Record<string, string>): Promise<EventSource> {
  return EventSource.open(new URL(pathOf(id), gateway.url), headers);
}

const bearer = async (expiresIn = 300) => ({ authorization: `Bearer ${await gateway.identity.token({ expiresIn })}` });

describe('an event stream', () => {
  it('leaves nothing behind when its head alone is asked for', async () => {
    const id = await gateway.placed();
    await noPolls();
    const polls = await pollsOf(async () => {
      for (let n = 0; n < 20; n += 1) {
        const head = await gateway.call(pathOf(id), { method: 'HEAD' });
        expect([head.status, head.text]).toEqual([200, '']);
      }
    });
    expect(polls).toBe(0);
  });

  it('leaves nothing behind when its client goes, early or late', async () => {
    const id = await gateway.placed();
    const headers = await bearer();
    const late = await Promise.all(Array.from({ length: 20 }, () => open(id, headers)));
    const early = Array.from({ length: 100 }, async (_, n) => {
      await fetch(new URL(pathOf(id), gateway.url), { headers, signal: AbortSignal.timeout(n) }).catch(() => undefined);
    });
    await Promise.all(early);
    for (const source of late) source.close();
    await noPolls();
  });

  it('is one for all spellings of an id', async () => {
    const id = await gateway.placed();
    const source = await open(id.toUpperCase(), await bearer());
    expect((await source.until(1)).map((event) => event.id)).toEqual(['1']);
    source.close();
  });

  it('ends when its token is not accepted any longer, and says so', async () => {
    const id = await gateway.placed();
    // Clocks may differ by 30 s.
    const source = await open(id, await bearer(-28));
    const [, last] = await source.until(2);
    expect(last).toMatchObject({ event: 'end' });
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ code: 'AUTH-INVALID-TOKEN' });
    await source.ended;
    await noPolls();
  });

  it('ends with its session, and with no other', async () => {
    const id = await gateway.placed();
    const cookieOf = async (): Promise<{ cookie: string }> => {
      const begun = await gateway.call('/v1/session', { method: 'POST' });
      return { cookie: (begun.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' };
    };
    const [ended, kept] = [await cookieOf(), await cookieOf()];
    const [first, second] = [await open(id, ended), await open(id, kept)];
    await first.until(1);
    await gateway.call('/v1/session', { method: 'DELETE', as: null, headers: ended });
    const [, last] = await first.until(2);
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ code: 'AUTH-REQUIRED' });
    await first.ended;
    expect(await second.until(1)).toHaveLength(1);
    await expect(Promise.race([second.ended.then(() => 'ended'), sleep(3_000, 'open')])).resolves.toBe('open');
    second.close();
  });

  it('tells its readers to come back each at a time of their own', async () => {
    const id = await gateway.placed();
    const headers = await bearer();
    const other = await gateway.sibling();
    const sources = await Promise.all(Array.from({ length: 60 }, () => other.events(id)));
    await other.stop();
    await Promise.all(sources.map(({ ended }) => ended));
    const waits = sources.map(({ retryMs = 0 }) => retryMs);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...waits)).toBeLessThan(4_000);
    // No half second of the three gets more than half of them.
    const crowd = Map.groupBy(waits, (ms) => Math.floor(ms / 500));
    expect(Math.max(...[...crowd.values()].map(({ length }) => length))).toBeLessThan(30);
    // And a process that is killed has told them at the beginning.
    const source = await open(id, headers);
    await eventually(() => expect(source.retryMs).toBeGreaterThanOrEqual(1_000));
    source.close();
  });
});

describe('an event stream behind a proxy that compresses', () => {
  /** Whether the first event arrives within two seconds. */
  async function arrives(changed: (headers: Record<string, unknown>) => void): Promise<boolean> {
    const proxy = await startCompressingProxy(gateway.url, changed);
    try {
      const id = await gateway.placed();
      const headers = { ...(await bearer()), 'accept-encoding': 'gzip' };
      const source = await Promise.race([EventSource.open(new URL(pathOf(id), proxy.url), headers), sleep(2_000)]);
      if (source === undefined) return false;
      const first = await Promise.race([source.until(1), sleep(2_000)]);
      source.close();
      return first !== undefined;
    } finally {
      await proxy.stop();
    }
  }

  it('arrives at once', async () => {
    expect(await arrives(() => undefined)).toBe(true);
  });

  it('would be held back without no-transform', async () => {
    expect(await arrives((headers) => (headers['cache-control'] = 'no-store'))).toBe(false);
  });
});

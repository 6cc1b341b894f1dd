import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, redisHere, startRedis, TcpProxy } from '@dozen/testing';
import pg from 'pg';
import { installSessions, Sessions } from '../src/index.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
const inAMinute = () => new Date(Date.now() + 60_000);

const backEnds = [
  {
    name: 'PostgreSQL',
    here: true,
    async start() {
      const database = await createTestDatabase();
      await Promise.all([installSessions(database.url), installSessions(database.url)]);
      return { url: database.url, stop: () => database.drop() };
    },
  },
  {
    name: redisHere ? 'Redis' : 'Redis (left out: no redis-server on PATH; apt-get install redis-server)',
    here: redisHere,
    start: startRedis,
  },
];

describe.each(backEnds)('sessions in $name', ({ here, start }) => {
  const whenHere = here ? it : it.skip;
  let store: Awaited<ReturnType<typeof start>>;
  const opened: Sessions[] = [];

  const open = async (url = store.url, timeoutMs = 1_000): Promise<Sessions> => {
    const sessions = await Sessions.open({ url, service: 'test', logger, policy: { timeoutMs } });
    opened.push(sessions);
    return sessions;
  };

  beforeAll(async () => {
    if (here) store = await start();
  });
  afterEach(async () => {
    for (const sessions of opened.splice(0)) await sessions.close();
  });
  afterAll(async () => {
    if (here) await store.stop();
  });

  whenHere('are found by their id, by any process, and by nothing else', async () => {
    const [one, other] = [await open(), await open()];
    const id = await one.begin('a token', inAMinute());
    expect(await other.find(id)).toBe('a token');
    expect(await one.begin('a token', inAMinute())).not.toBe(id);
    for (const none of ['', 'x', 'x'.repeat(43), `${id}x`]) expect(await other.find(none)).toBeUndefined();
  });

  whenHere('are asked for together: those that are there are told from those that are not', async () => {
    const sessions = await open();
    const [one, two, ended] = [
      await sessions.begin('one', inAMinute()),
      await sessions.begin('two', inAMinute()),
      await sessions.begin('three', inAMinute()),
    ];
    await sessions.end(ended);
    const asked = new Set([one, 'x', ended, 'y'.repeat(43), two]);
    expect(await sessions.living(asked)).toEqual(new Set([one, two]));
    expect(await sessions.living(new Set(['x']))).toEqual(new Set());
    const late = await sessions.begin('four', new Date(Date.now() + 500));
    await eventually(async () => expect(await sessions.living(new Set([late, one]))).toEqual(new Set([one])));
  });

  whenHere('are over when they are ended, and when their time is', async () => {
    const sessions = await open();
    const [ended, late] = [
      await sessions.begin('one', inAMinute()),
      await sessions.begin('two', new Date(Date.now() + 1_000)),
    ];
    expect(await sessions.find(late)).toBe('two');
    await sessions.end(ended);
    await sessions.end(ended);
    expect(await sessions.find(ended)).toBeUndefined();
    await eventually(async () => {
      expect(await sessions.find(late)).toBeUndefined();
    });
  });

  whenHere('fail soon with SESSION-UNAVAILABLE while the store is away or hangs, and come back with it', async () => {
    const proxy = await TcpProxy.start(() => Number(new URL(store.url).port));
    try {
      const url = new URL(store.url);
      url.port = String(proxy.port);
      const sessions = await open(url.href, 300);
      const id = await sessions.begin('a token', inAMinute());
      for (const fault of ['refuse', 'swallow'] as const) {
        proxy[fault](true);
        const begun = performance.now();
        await expect(sessions.find(id)).rejects.toMatchObject({ code: 'SESSION-UNAVAILABLE' });
        expect(performance.now() - begun).toBeLessThan(2_000);
        proxy[fault](false);
        await eventually(async () => {
          expect(await sessions.find(id)).toBe('a token');
        });
      }
    } finally {
      await proxy.stop();
    }
  });
});

describe('the table in PostgreSQL', () => {
  it('holds nothing that a session could be used with, and no longer than until it is swept', async () => {
    const database = await createTestDatabase();
    await installSessions(database.url);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const sessions = await Sessions.open({ url: database.url, service: 'test', logger });
    const rows = async () => (await client.query<{ key: string; value: string }>('TABLE session.sessions')).rows;
    try {
      const ids = [
        await sessions.begin('short', new Date(Date.now() + 200)),
        await sessions.begin('long', inAMinute()),
      ];
      const text = JSON.stringify(await rows());
      for (const secret of [...ids, 'short', 'long']) expect(text).not.toContain(secret);
      await sleep(400);
      await sessions.sweep();
      expect(await rows()).toHaveLength(1);
      expect(await sessions.find(ids[1] ?? '')).toBe('long');
    } finally {
      await sessions.close();
      await client.end();
      await database.drop();
    }
  });
});

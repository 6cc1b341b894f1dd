import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSmtpSink } from '@dozen/smtp-sink';
import { eventually, redisHere, startRedis } from '@dozen/testing';
import type { Running } from '../running.js';
import { confirmed, exchanged } from '../support/exchanged.js';
import { sessionOf, statusFor } from '../support/session.js';

const within = { timeoutMs: 30_000, everyMs: 200 };

/** Factor IV: a backing service is exchanged by its URL; the one service that uses it is restarted, nobody else notices. */
export function swaps(running: () => Running): void {
  // No npm package brings a Redis.
  (redisHere ? it : it.skip)(
    'the cache is exchanged for Redis by its URL alone (skipped without redis-server)',
    async () => {
      const redis = await startRedis();
      try {
        await exchanged(running(), ['gateway'], { CACHE_URL: redis.url }, async () => {
          const shop = await running().shop('swap-cache');
          expect((await shop.request('/v1/products')).status).toBe(200);
          expect(await keysIn(redis.url)).toBeGreaterThan(0);
          await confirmed(running(), 'swap-cache');
        });
      } finally {
        await redis.stop();
      }
    },
    120_000,
  );

  (redisHere ? it : it.skip)(
    'the session store is exchanged for Redis by its URL alone (skipped without redis-server)',
    async () => {
      const redis = await startRedis();
      try {
        const gateway = running().gatewayUrl;
        const shop = await running().shop('swap-session');
        const before = await sessionOf(shop);
        await exchanged(running(), ['gateway'], { SESSION_STORE_URL: redis.url }, async () => {
          expect(await statusFor(gateway(), before)).toBe(401);
          expect(await statusFor(gateway(), await sessionOf(shop))).toBe(200);
          expect(await keysIn(redis.url)).toBe(1);
        });
        // It outlived the restarts: no process remembers it.
        expect(await statusFor(gateway(), before)).toBe(200);
      } finally {
        await redis.stop();
      }
    },
    120_000,
  );

  it('the mail server is exchanged by its URL alone', async () => {
    const mailDir = await mkdtemp(join(tmpdir(), 'dozen-swap-mails-'));
    const second = await startSmtpSink({ mailDir });
    try {
      await exchanged(running(), ['notifier'], { SMTP_URL: second.url }, async () => {
        const id = await confirmed(running(), 'swap-mail');
        await eventually(async () => {
          const mails = await readdir(mailDir);
          expect(mails.filter((name) => name.includes(id))).toHaveLength(2);
        }, within);
      });
    } finally {
      await second.stop();
      await rm(mailDir, { recursive: true, force: true });
    }
  }, 120_000);
}

/** How many keys a Redis holds: its answer to DBSIZE, as it is on the wire. */
async function keysIn(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('DBSIZE\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(/^:(\d+)/.exec(answer.toString())?.[1]);
}

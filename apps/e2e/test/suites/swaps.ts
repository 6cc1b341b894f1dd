import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSmtpSink } from '@dozen/smtp-sink';
import { eventually, redisHere, startRedis } from '@dozen/testing';
import { type Running, type ServiceName, serviceNames } from '../running.js';

const ORDER = { items: [{ sku: 'TEA-BLACK', quantity: 1 }], paymentToken: 'tok_ok' };
const patient = { timeoutMs: 30_000, everyMs: 200 };

/** Factor IV: a backing service is exchanged by its URL; the one service that uses it is restarted, nobody else notices. */
export function swaps(running: () => Running): void {
  // No npm package brings a Redis.
  (redisHere ? it : it.skip)(
    'the cache is exchanged for Redis by its URL alone (skipped without redis-server)',
    async () => {
      const redis = await startRedis();
      try {
        await exchanged(running(), 'gateway', { CACHE_URL: redis.url }, async () => {
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

  it('the mail server is exchanged by its URL alone', async () => {
    const mailDir = await mkdtemp(join(tmpdir(), 'dozen-swap-mails-'));
    const second = await startSmtpSink({ mailDir });
    try {
      await exchanged(running(), 'notifier', { SMTP_URL: second.url }, async () => {
        const id = await confirmed(running(), 'swap-mail');
        await eventually(async () => {
          const mails = await readdir(mailDir);
          expect(mails.filter((name) => name.includes(id))).toHaveLength(2);
        }, patient);
      });
    } finally {
      await second.stop();
      await rm(mailDir, { recursive: true, force: true });
    }
  }, 120_000);
}

/** Restarts one service with other URLs, and after `use` as it was. The others must have no word of warning in their logs. */
async function exchanged(
  running: Running,
  name: ServiceName,
  env: Record<string, string>,
  use: () => Promise<void>,
): Promise<void> {
  const others = serviceNames.filter((other) => other !== name).map((other) => running.service(other));
  const before = await Promise.all(others.map(({ logFile }) => complaints(logFile)));
  const pids = others.map(({ pid }) => pid);
  const service = running.service(name);
  try {
    await service.restart(env);
    await service.waitReady();
    await use();
  } finally {
    await service.restart();
    await service.waitReady();
  }
  await confirmed(running, 'swap-back');
  expect(others.map(({ pid }) => pid)).toEqual(pids);
  expect(await Promise.all(others.map(({ logFile }) => complaints(logFile)))).toEqual(before);
}

async function complaints(logFile: string): Promise<string[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  return lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line));
}

/** An order that goes all the way. */
async function confirmed(running: Running, customer: string): Promise<string> {
  const shop = await running.shop(customer);
  const id = await shop.place(ORDER);
  await eventually(async () => expect((await shop.view(id)).status).toBe('confirmed'), patient);
  return id;
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

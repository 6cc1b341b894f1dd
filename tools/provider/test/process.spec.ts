import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { body, call, KEY, postCharge } from './client.js';

const main = join(import.meta.dirname, '../dist/main.js');

describe('the provider as a process (built output)', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dozen-provider-'));
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true });
  });

  async function start(): Promise<{ url: string; child: ChildProcess }> {
    const child = spawn(process.execPath, [main], {
      env: { DATA_DIR: dataDir, PAYMENT_PROVIDER_KEY: KEY, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const entry = JSON.parse(line) as { msg: string; url: string };
      if (entry.msg === 'listening') return { url: entry.url, child };
    }
    throw new Error('the provider ended without listening');
  }

  it('has every charge that it answered, and its answers, after SIGKILL', async () => {
    const before = await start();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => postCharge(before.url, `kill-${n}`, body('tok_ok', n))),
    );
    await call(`${before.url}/v1/payments/kill-cancelled/cancel`, 'POST');
    before.child.kill('SIGKILL');
    await once(before.child, 'exit');

    const after = await start();
    for (const [n, answer] of answers.entries()) {
      const again = await postCharge(after.url, `kill-${n}`, body('tok_ok', n));
      expect(again).toEqual(answer);
    }
    const cancelled = await postCharge(after.url, 'kill-cancelled', body('tok_ok'));
    expect(cancelled.body.status).toBe('cancelled');
  });

  it('ends within a second of SIGTERM, with 0, also while a client is kept waiting', async () => {
    const { url, child } = await start();
    const held = postCharge(url, 'held', body('tok_timeout')).catch(() => 'cut off');
    const slow = postCharge(url, 'slow', body('tok_slow')).catch(() => 'cut off');
    while ((await call(`${url}/v1/payments/slow`)).status === 404);
    const asked = Date.now();
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(Date.now() - asked).toBeLessThan(1_000);
    expect(await held).toBe('cut off');
    await slow;
  });

  it('names every mistake of its environment and exits with 78', async () => {
    const child = spawn(process.execPath, [main], { env: { PORT: 'x' }, stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(78);
    expect(stderr).toMatch(/DATA_DIR +is missing/);
    expect(stderr).toMatch(/PAYMENT_PROVIDER_KEY +is missing/);
    expect(stderr).toMatch(/PORT +must be a whole number/);
  });
});

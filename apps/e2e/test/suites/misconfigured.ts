import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '@dozen/testing';
import { repository, type Running, serviceNames } from '../running.js';

const required: Readonly<Record<(typeof serviceNames)[number], readonly string[]>> = {
  gateway: ['DATABASE_URL', 'KAFKA_URL', 'AUTH_ISSUER', 'AUTH_JWKS_URL'],
  orders: ['DATABASE_URL', 'KAFKA_URL'],
  billing: ['DATABASE_URL', 'KAFKA_URL', 'PAYMENT_PROVIDER_URL'],
  notifier: ['DATABASE_URL', 'KAFKA_URL', 'SMTP_URL', 'MAIL_FROM'],
};

export function misconfigured(running: () => Running): void {
  it.each(serviceNames)(
    '%s with an empty environment lists every missing variable and exits 78 in under 2 s',
    async (name) => {
      const { code, stderr } = await exitOf(name, {});
      expect(code).toBe(78);
      expect(await fastest(3, () => exitOf(name, {}))).toBeLessThan(2_000);
      for (const variable of required[name]) expect(stderr).toMatch(new RegExp(`${variable}\\s+is missing`));
    },
  );

  it('a service whose schema lacks a migration is up, not ready, and names the command', async () => {
    const { child, url } = await running().startOnEmptyDatabase('orders');
    try {
      await eventually(async () => {
        const answer = await fetch(new URL('/readyz', url));
        expect(answer.status).toBe(503);
        expect(await answer.json()).toMatchObject({
          checks: { migrations: { ok: false, command: 'node dist/main.js migrate' } },
        });
      });
      expect((await fetch(new URL('/livez', url))).status).toBe(200);
    } finally {
      child.kill('SIGTERM');
    }
  });
}

/** The least of some times, in ms: what a busy machine adds is not the service's. */
async function fastest(times: number, work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    await work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

function exitOf(name: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(repository, 'apps', name, 'dist', 'main.js')], { env });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('close', (code) => {
      resolve({ code, stderr });
    });
  });
}

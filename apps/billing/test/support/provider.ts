import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** As the provider's list has it. */
export interface ProviderCharge {
  readonly id: string;
  readonly key: string;
  readonly amount: number;
  readonly currency: string;
  readonly reference: string;
  readonly status: string;
  readonly attempts: number;
}

export const PROVIDER_KEY = 'key-of-the-component-tests';

const root = dirname(fileURLToPath(import.meta.resolve('@dozen/provider/package.json')));

/** The payment provider as a process of its own (built output); its data survive `kill`. */
export async function startProvider() {
  const dataDir = await mkdtemp(join(tmpdir(), 'dozen-billing-provider-'));
  let { child, url } = await spawnProvider(dataDir, '0');
  return {
    url,
    async charges(orderId?: string): Promise<ProviderCharge[]> {
      const response = await fetch(`${url}/v1/charges`, { headers: { authorization: `Bearer ${PROVIDER_KEY}` } });
      const { charges } = (await response.json()) as { charges: ProviderCharge[] };
      return charges.filter(({ reference }) => orderId === undefined || reference === orderId);
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    /** At the same address as before. */
    async restart(): Promise<void> {
      ({ child, url } = await spawnProvider(dataDir, new URL(url).port));
    },
    async stop(): Promise<void> {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      await rm(dataDir, { recursive: true });
    },
  };
}

export type TestProvider = Awaited<ReturnType<typeof startProvider>>;

async function spawnProvider(dataDir: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(root, 'dist/main.js')], {
    env: { DATA_DIR: dataDir, PAYMENT_PROVIDER_KEY: PROVIDER_KEY, PORT: port, SLOW_MS: '600' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg: string; url: string };
    if (entry.msg === 'listening') return { child, url: entry.url };
  }
  throw new Error('the provider ended without listening');
}

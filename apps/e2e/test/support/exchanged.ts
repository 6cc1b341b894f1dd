import { readFile } from 'node:fs/promises';
import { eventually } from '@dozen/testing';
import { SERVICE_NAMES, type ServiceName } from '@dozen/manifest';
import type { Running } from '../running.js';

const ORDER = { items: [{ sku: 'TEA-BLACK', quantity: 1 }], paymentToken: 'tok_ok' };
const within = { timeoutMs: 30_000, everyMs: 200 };

/**
 * Restarts these services with other URLs, and after `use` as they were. The others must have no word of warning in
 * their logs. Resolves with an order that was placed in the end.
 */
export async function exchanged(
  running: Running,
  names: readonly ServiceName[],
  env: Record<string, string>,
  use: () => Promise<void>,
): Promise<string> {
  const others = SERVICE_NAMES.filter((other) => !names.includes(other)).map((other) => running.service(other));
  const before = await Promise.all(others.map(({ logFile }) => complaints(logFile)));
  const pids = others.map(({ pid }) => pid);
  const restart = async (added?: Record<string, string>): Promise<void> => {
    for (const name of names) await running.service(name).restart(added);
    for (const name of names) await running.service(name).waitReady();
  };
  try {
    await restart(env);
    await use();
  } finally {
    await restart();
  }
  const order = await confirmed(running, 'swap-back');
  expect(others.map(({ pid }) => pid)).toEqual(pids);
  expect(await Promise.all(others.map(({ logFile }) => complaints(logFile)))).toEqual(before);
  return order;
}

/** An order that goes all the way. Resolves with its id. */
export async function confirmed(running: Running, customer: string): Promise<string> {
  const shop = await running.shop(customer);
  const id = await shop.place(ORDER);
  await eventually(async () => expect((await shop.view(id)).status).toBe('confirmed'), within);
  return id;
}

async function complaints(logFile: string): Promise<string[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  return lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line));
}

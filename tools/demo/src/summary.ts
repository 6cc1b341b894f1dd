import { join } from 'node:path';
import type { Backing } from '@dozen/backing';
import type { System } from './system.js';

const MB = 1024 * 1024;

/** Time to ready and memory of every process. */
export async function processTable(system: System, backing: Backing, rssOf: RssOf): Promise<string[]> {
  const row = async (name: string, pid: number | undefined, ready?: number): Promise<readonly string[]> => {
    const rss = pid === undefined ? undefined : await rssOf(pid);
    return [
      name,
      pid === undefined ? 'elsewhere' : `pid ${pid}`,
      ready === undefined ? '' : `ready in ${Math.round(ready)} ms`,
      rss === undefined ? '' : `${Math.round(rss / MB)} MB`,
    ];
  };
  const rows = await Promise.all([
    ...system.services.map((process) => row(process.name, process.pid, process.readyMs)),
    ...system.tools.map((process) => row(process.name, process.pid)),
    row('postgres', backing.postgres.pid),
    row('kafka', backing.kafka.pid),
  ]);
  return table(rows);
}

type RssOf = (pid: number) => Promise<number | undefined>;

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

export interface TryItOptions {
  readonly system: System;
  readonly backing: Backing;
  readonly orderId: string;
  readonly tokenFile: string;
  readonly token: string;
}

/** URLs, token, curl lines that work as they stand, and where to look. */
export function tryIt({ system, backing, orderId, tokenFile, token }: TryItOptions): string[] {
  const gateway = system.service('gateway').url;
  const bearer = `-H "Authorization: Bearer $(cat ${quoted(tokenFile)})"`;
  const body = JSON.stringify({ items: [{ sku: 'MUG-BLUE', quantity: 2 }], paymentToken: 'tok_ok' });
  // New in every run: the same key again gives the same order, which is what it is for.
  const key = `try-${Date.now().toString(36)}`;
  return [
    'Try it (in another terminal):',
    `  curl -s ${bearer} ${gateway}/v1/products`,
    `  curl -s -X POST ${gateway}/v1/orders ${bearer} -H 'Content-Type: application/json' -H 'Idempotency-Key: ${key}' -d '${body}'`,
    `  curl -s ${bearer} ${gateway}/v1/orders`,
    `  curl -s ${bearer} ${gateway}/v1/orders/${orderId}/timeline`,
    'paymentToken can also be tok_declined, tok_slow, tok_flaky, tok_timeout; the products RARE-1 and SOLD-OUT run out.',
    '',
    `gateway   ${gateway}`,
    `identity  ${system.tool('identity').url}`,
    `provider  curl -s -H 'Authorization: Bearer ${system.providerKey}' ${system.tool('provider').url}/v1/charges`,
    `postgres  ${backing.postgres.adminUrl}`,
    `kafka     ${backing.kafka.url}`,
    `mails     ${system.folders.mails}`,
    `logs      ${system.folders.logs} and ${join(system.dir, 'backing', 'logs')}`,
    `token     ${token}`,
    `          (in ${tokenFile}, renewed while this runs)`,
  ];
}

/** Safe in a shell whatever the path holds. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

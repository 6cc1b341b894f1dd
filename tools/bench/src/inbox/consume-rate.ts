import { Child } from '../children/child.js';
import type { ConsumerInput } from './consumer-input.js';
import type { Sandbox } from '../sandbox.js';
import type { Feed } from './feed.js';

const EVERY_MS = 50;
const PATIENCE_MS = 300_000;

/** Messages per second, seen from outside: by the events that their handlers wrote. */
export async function consumeRate(
  sandbox: Sandbox,
  feed: Feed,
  what: Pick<ConsumerInput, 'kind' | 'concurrency'>,
  messages: number,
): Promise<number> {
  const topic = await feed.topic(what.kind, messages);
  await sandbox.dataSource.query('TRUNCATE messaging.outbox');
  const { databaseUrl, kafkaUrl } = sandbox;
  const before = await written(sandbox);
  const child = await Child.start('consumer-role', { ...what, databaseUrl, kafkaUrl, topic } satisfies ConsumerInput);
  const rate = await rateUntil(sandbox, before, messages);
  await child.stop();
  const [row]: { count: number }[] = await sandbox.dataSource.query(
    'SELECT count(*)::int AS count FROM messaging.outbox',
  );
  if (row?.count !== messages) throw new Error(`${what.kind}: ${row?.count} effects of ${messages} messages`);
  return rate;
}

async function rateUntil(sandbox: Sandbox, before: number, messages: number): Promise<number> {
  const began = performance.now();
  let first: { at: number; count: number } | undefined;
  for (;;) {
    const count = (await written(sandbox)) - before;
    const at = performance.now();
    if (count > 0) first ??= { at, count };
    if (first !== undefined && count >= messages) return ((count - first.count) / (at - first.at)) * 1000;
    if (at - began > PATIENCE_MS) throw new Error(`${count} of ${messages} messages handled after ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** The outbox's sequence: reading it costs nothing, counting rows would. */
async function written(sandbox: Sandbox): Promise<number> {
  const [row]: { last: string; called: boolean }[] = await sandbox.dataSource.query(
    'SELECT last_value AS last, is_called AS called FROM messaging.outbox_seq_seq',
  );
  return row?.called === true ? Number(row.last) : 0;
}

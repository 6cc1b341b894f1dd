import { Child } from '../children/child.js';
import type { ProducerInput } from '../children/producer-role.js';
import type { Sandbox } from '../sandbox.js';
import type { Backlog } from './backlog.js';
import type { LogWatcher } from './log-watcher.js';
import { type LogContents, readBack } from './read-back.js';

const WARM_UP = 20_000;

/** Records per second of kafkajs alone, this batch again and again. */
export async function rawRate(
  sandbox: Sandbox,
  messages: ProducerInput['messages'],
  watcher: LogWatcher,
  total: number,
): Promise<number> {
  const [topic, warmUp] = [await sandbox.topic('raw'), await sandbox.topic('raw-warm-up')];
  const { kafkaUrl } = sandbox;
  const input: ProducerInput = { kafkaUrl, topic: topic.name, warmUpTopic: warmUp.name, total, messages };
  const child = await Child.start('producer-role', input);
  child.go();
  const rate = await watcher.rateUntil(topic.name, total);
  await child.done;
  return rate;
}

/** Rows per second with which relay processes empty the outbox, and what the log then holds. */
export async function drainRate(
  sandbox: Sandbox,
  backlog: Backlog,
  watcher: LogWatcher,
  processes: number,
): Promise<{ rate: number; log: LogContents }> {
  const [topic, warmUp] = [await sandbox.topic('drained'), await sandbox.topic('drained-warm-up')];
  await sandbox.dataSource.query('TRUNCATE messaging.outbox');
  const { databaseUrl, kafkaUrl } = sandbox;
  const starting = Array.from({ length: processes }, () => Child.start('relay-role', { databaseUrl, kafkaUrl }));
  const relays = await Promise.all(starting);
  await shared(sandbox, processes);
  await backlog.commit(warmUp, WARM_UP);
  await watcher.rateUntil(warmUp.name, WARM_UP);
  await backlog.commit(topic);
  const rate = await watcher.rateUntil(topic.name, backlog.rows);
  await Promise.all(relays.map((relay) => relay.stop()));
  return { rate, log: await readBack(kafkaUrl, topic.name, backlog.rows) };
}

/** Resolves when every process holds an equal part of the shards. */
async function shared(sandbox: Sandbox, processes: number): Promise<void> {
  for (;;) {
    const [row]: { members: number; held: number }[] = await sandbox.dataSource.query(
      `SELECT count(DISTINCT member)::int AS members, count(member)::int AS held
       FROM messaging.relay_leases WHERE expires_at > now()`,
    );
    if (row?.members === processes && row.held === 16) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

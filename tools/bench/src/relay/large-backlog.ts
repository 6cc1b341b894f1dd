import { explainOutboxRead } from '@dozen/messaging';
import pg from 'pg';
import type { BenchContext, Evidence, Ratio } from '../benchmark.js';
import { Child } from '../children/child.js';
import type { Sandbox } from '../sandbox.js';
import type { Backlog } from './backlog.js';
import { type Growth, type LogWatcher, rateOf } from './log-watcher.js';

const ROWS = 1_000_000;
const AIM = 0.8;

/**
 * A million rows, and a session that holds a snapshot from before the drain, as a dump does: nothing that the relay
 * deletes can be vacuumed until the end.
 */
export async function largeBacklog(
  { scale, say }: BenchContext,
  sandbox: Sandbox,
  backlog: Backlog,
  watcher: LogWatcher,
): Promise<{ ratio: Ratio; evidence: Evidence[] }> {
  const { dataSource, databaseUrl, kafkaUrl } = sandbox;
  const copies = Math.max(1, Math.round((ROWS * scale) / backlog.rows));
  const rows = copies * backlog.rows;
  const topic = await sandbox.topic('large');
  await dataSource.query('TRUNCATE messaging.outbox');
  for (let copy = 0; copy < copies; copy += 1) await backlog.commit(topic);
  const before = await explainOutboxRead(dataSource, 0);

  const dump = await snapshotOf(databaseUrl);
  const relay = await Child.start('relay-role', { databaseUrl, kafkaUrl });
  const growth = await watcher.growthUntil(topic.name, rows);
  const [first, last] = [fifth(growth, rows, 0), fifth(growth, rows, 4)];
  say(`${rows} rows: ${Math.round(first)} rows/s in the first fifth, ${Math.round(last)} in the last`);
  const [row]: { last: string }[] = await dataSource.query('SELECT last_value AS last FROM messaging.outbox_seq_seq');
  const risen = await explainOutboxRead(dataSource, Number(row?.last));
  const without = await explainOutboxRead(dataSource, 0);
  await relay.stop();
  await dump.end();

  const text = rows.toLocaleString('en');
  return {
    ratio: {
      subject: `the last fifth of ${text} rows, one relay, while another session holds an old snapshot`,
      yardstick: 'the first fifth of them',
      unit: 'rows/s',
      rates: [last],
      yardstickRates: [first],
      aim: AIM,
    },
    evidence: [
      { title: `The relay's read with ${text} rows unsent:`, text: before },
      { title: `The same with as many dead rows that nobody may vacuum, from the relay's low watermark:`, text: risen },
      { title: 'And what it would be without a low watermark, for each batch:', text: without },
    ],
  };
}

/** A session with a snapshot of the outbox, until it is ended. */
async function snapshotOf(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT FROM messaging.outbox LIMIT 1');
  return client;
}

/** Rows per second while the log grew from `part` fifths of `rows` to the next. */
function fifth(growth: Growth, rows: number, part: number): number {
  const [from, to] = [(part * rows) / 5, ((part + 1) * rows) / 5];
  return rateOf(growth.filter(({ size }) => size >= from && size <= to));
}

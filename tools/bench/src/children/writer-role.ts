import { UnitsOfWork } from '@dozen/database';
import { newId, type TopicDeclaration } from '@dozen/kernel';
import { OutboxWriter, shardOf } from '@dozen/messaging';
import pg from 'pg';
import { numbered, numberedEvent } from '../numbered.js';
import { openDataSource } from '../sandbox.js';
import { playRole } from './role.js';

export interface WritesInput {
  readonly subject: 'unit' | 'raw';
  readonly databaseUrl: string;
  readonly clients: number;
  readonly ms: number;
}

export interface WritesOutput {
  /** Committed transactions per second. */
  readonly rate: number;
}

const topic: TopicDeclaration = { name: 'bench', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' };
const INSERT_ORDER = 'INSERT INTO orders (id, customer, amount, body) VALUES ($1, $2, $3, $4)';
const INSERT_EVENT =
  'INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5, $6)';
const BODY = JSON.stringify({ items: [{ sku: 'sku-1', quantity: 2 }], paymentToken: 'tok_ok' });
const WARM_UP_MS = 1_000;

await playRole<WritesInput>(async ({ subject, databaseUrl, clients, ms }, cue): Promise<WritesOutput> => {
  const { write, close } =
    subject === 'unit' ? await unitWriter(databaseUrl, clients) : rawWriter(databaseUrl, clients);
  await loop(write, clients, WARM_UP_MS);
  cue.ready();
  await cue.go;
  const began = performance.now();
  const written = await loop(write, clients, ms);
  const rate = (written / (performance.now() - began)) * 1000;
  await close();
  return { rate };
});

/** As many at a time as there are clients, each with its next when its last is committed. */
async function loop(write: () => Promise<unknown>, clients: number, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let written = 0;
  const client = async (): Promise<void> => {
    for (; performance.now() < end; written += 1) await write();
  };
  await Promise.all(Array.from({ length: clients }, client));
  return written;
}

async function unitWriter(databaseUrl: string, clients: number) {
  const dataSource = openDataSource(databaseUrl, clients);
  await dataSource.initialize();
  const outbox = new OutboxWriter({ source: '/dozen/bench', wake: () => undefined });
  const units = new UnitsOfWork({ dataSource, outbox });
  const contract = numberedEvent(topic);
  const write = (): Promise<void> =>
    units.run(async (unit) => {
      const id = newId();
      await unit.manager.query(INSERT_ORDER, [id, 'customer-1', 4200, BODY]);
      unit.publish(contract, numbered(id, 0));
    });
  return { write, close: () => dataSource.destroy() };
}

function rawWriter(databaseUrl: string, clients: number) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: clients });
  const write = async (): Promise<void> => {
    const client = await pool.connect();
    const id = newId();
    const message = newId();
    await client.query('BEGIN');
    await client.query(INSERT_ORDER, [id, 'customer-1', 4200, BODY]);
    await client.query(INSERT_EVENT, [
      shardOf(id),
      message,
      topic.name,
      id,
      JSON.stringify(headersOf(id, message)),
      JSON.stringify(numbered(id, 0)),
    ]);
    await client.query('COMMIT');
    client.release();
  };
  return { write, close: () => pool.end() };
}

function headersOf(id: string, message: string): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: message,
    ce_type: 'bench.Numbered.v1',
    ce_source: '/dozen/bench',
    ce_time: new Date().toISOString(),
    ce_subject: id,
    'content-type': 'application/json',
    correlationid: message,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
}

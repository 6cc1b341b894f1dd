import type { DataSource } from 'typeorm';
import { messagingPolicy as policy } from '../policy.js';
import { OUTBOX_READ, readParameters } from './store.js';

/**
 * Reads as a relay of all shards would, and says how PostgreSQL did it: EXPLAIN (ANALYZE, BUFFERS). `lowWatermark` is where the
 * reading begins in every shard; 0 is the beginning of the table.
 */
export async function explainOutboxRead(dataSource: DataSource, lowWatermark: number): Promise<string> {
  const shards = [...Array(policy.shards).keys()];
  const limit = policy.relayBatch;
  const perShard = Math.ceil(limit / shards.length);
  const reading = { shards, lowWatermarks: shards.map(() => lowWatermark), perShard, limit, skipRefused: false };
  const rows: { 'QUERY PLAN': string }[] = await dataSource.query(
    `EXPLAIN (ANALYZE, BUFFERS) ${OUTBOX_READ}`,
    readParameters(reading),
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

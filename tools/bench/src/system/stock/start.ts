import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backing, freePort } from '@dozen/backing';
import { System } from '@dozen/demo';
import pg from 'pg';
import { Child } from '../../children/child.js';
import { plainKafka } from '../../kafka.js';
import { PARTITIONS } from '../../sandbox.js';
import { STOCK_SERVICES, STOCK_TOPICS, type StockInput } from './parts.js';

/** What nobody runs out of. */
const PLENTY = 1_000_000;
const PRICE = 1_290;

export interface StockSystem {
  readonly gatewayUrl: string;
  readonly gatewayDatabaseUrl: string;
  readonly identityUrl: string;
  stop(): Promise<void>;
}

/** The yardstick with the tools of the real system, in databases and topics of its own; a process per service. */
export async function startStock(parts: {
  backing: Backing;
  signal: AbortSignal;
  skus: readonly string[];
}): Promise<StockSystem> {
  const { backing, signal, skus } = parts;
  const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-stock-'));
  const system = await System.open({ dir, backing, signal });
  const children: Child<null>[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await system.startTools();
    await createTopics(backing.kafka.url);
    const identityUrl = system.tool('identity').url;
    const port = await freePort();
    const urls = new Map<string, string>();
    for (const service of STOCK_SERVICES) {
      const databaseUrl = await backing.postgres.ensureDatabase(`stock_${service}`);
      urls.set(service, databaseUrl);
      const input: StockInput = {
        service,
        port: service === 'gateway' ? port : await freePort(),
        databaseUrl,
        kafkaUrl: backing.kafka.url,
        identityUrl,
        providerUrl: system.tool('provider').url,
        providerKey: system.providerKey,
        smtpUrl: system.tool('smtp-sink').url,
      };
      children.push(await Child.start('stock-service-role', input));
      if (service === 'orders') await seed(databaseUrl, skus);
    }
    const gatewayDatabaseUrl = urls.get('gateway') ?? '';
    return { gatewayUrl: `http://127.0.0.1:${port}`, gatewayDatabaseUrl, identityUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createTopics(kafkaUrl: string): Promise<void> {
  const admin = plainKafka(kafkaUrl).admin();
  await admin.connect();
  const topics = Object.values(STOCK_TOPICS).map((topic) => ({ topic, numPartitions: PARTITIONS }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

async function seed(databaseUrl: string, skus: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    'INSERT INTO products (sku, name, available, price) SELECT sku, sku, $2, $3 FROM unnest($1::text[]) AS sku',
    [skus, PLENTY, PRICE],
  );
  await client.end();
}

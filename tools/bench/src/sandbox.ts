import { randomBytes } from 'node:crypto';
import type { Backing } from '@dozen/backing';
import { createDataSource, runMigrations } from '@dozen/database';
import type { TopicDeclaration } from '@dozen/kernel';
import { KafkaJsBroker, maintainInboxPartitions, messagingMigrations } from '@dozen/messaging';
import { createLogger, type Logger } from '@dozen/telemetry';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Account } from './inbox/account.js';

export const PARTITIONS = 8;
const HOUR_MS = 60 * 60 * 1000;

/** Errors only: a benchmark says what it measures, nothing else. */
export function quietLogger(): Logger {
  return createLogger({ service: 'bench', release: 'bench', level: 'error' });
}

export function openDataSource(url: string, poolMax: number, entities: (typeof Account)[] = []): DataSource {
  return createDataSource({
    config: {
      DATABASE_URL: url,
      DATABASE_POOL_MAX: poolMax,
      DATABASE_POOL_IDLE_MS: 60_000,
      DATABASE_POOL_LIFETIME_S: 3_600,
      DATABASE_CONNECT_TIMEOUT_MS: 10_000,
    },
    service: 'bench',
    entities,
    migrations: messagingMigrations,
  });
}

/** A migrated database of its own and topics of its own; what is left of it is removed at the end. */
export class Sandbox {
  private constructor(
    private readonly backing: Backing,
    private readonly database: string,
    readonly databaseUrl: string,
    readonly dataSource: DataSource,
    readonly broker: KafkaJsBroker,
  ) {}

  static async open(backing: Backing, options: { poolMax?: number } = {}): Promise<Sandbox> {
    const database = `bench_${randomBytes(4).toString('hex')}`;
    const url = await backing.postgres.ensureDatabase(database);
    const dataSource = openDataSource(url, options.poolMax ?? 20);
    await dataSource.initialize();
    await runMigrations(dataSource);
    await maintainInboxPartitions(dataSource, new Date());
    const broker = new KafkaJsBroker({ url: backing.kafka.url, clientId: 'bench', logger: quietLogger() });
    return new Sandbox(backing, database, url, dataSource, broker);
  }

  get kafkaUrl(): string {
    return this.backing.kafka.url;
  }

  async topic(name: string, partitions = PARTITIONS): Promise<TopicDeclaration> {
    const topic: TopicDeclaration = {
      name: `bench.${name}.${randomBytes(4).toString('hex')}`,
      kind: 'event',
      partitions,
      retentionMs: HOUR_MS,
      cleanup: 'delete',
    };
    await this.broker.ensureTopics([topic]);
    return topic;
  }

  async close(): Promise<void> {
    await this.broker.close();
    await this.dataSource.destroy();
    const client = new pg.Client({ connectionString: this.backing.postgres.adminUrl });
    await client.connect();
    await client.query(`DROP DATABASE ${this.database} WITH (FORCE)`);
    await client.end();
  }
}

import { DataSource, type DataSourceOptions } from 'typeorm';
import { clientKeepAlive, lastWords, withoutClient } from './clients.js';
import { pgDriver } from './measured-pool.js';
import { ServiceClient } from './service-client.js';
import { sessionOptions } from './session-settings.js';
import { SilentOrmLogger } from './silent-orm-logger.js';

/** The values of `databaseSection`. */
export interface DatabaseConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_DIRECT_URL?: string | undefined;
  readonly DATABASE_POOL_MAX: number;
  readonly DATABASE_POOL_IDLE_MS: number;
  readonly DATABASE_POOL_LIFETIME_S: number;
  readonly DATABASE_CONNECT_TIMEOUT_MS: number;
}

export interface CreateDataSourceOptions {
  readonly config: DatabaseConfig;
  /** Shown by pg_stat_activity as application_name. */
  readonly service: string;
  readonly entities: NonNullable<DataSourceOptions['entities']>;
  readonly migrations: NonNullable<DataSourceOptions['migrations']>;
  /** Connects past a transaction pooler, by DATABASE_DIRECT_URL if it is set; `migrate` needs that. */
  readonly direct?: boolean;
  /**
   * Gets the error of a connection that broke while idle in the pool. The pool has dropped it already and opens
   * another when one is needed, so logging it is enough. Default: a process warning.
   */
  readonly onPoolError?: (error: Error) => void;
}

/**
 * The service's DataSource, not yet connected: the caller runs `initialize()`, which fails while the database is down.
 * Never synchronises a schema and never migrates; `runMigrations` does. Statements of one connection are pipelined:
 * those issued together travel together, and still run in the order in which they were issued.
 */
export function createDataSource(options: CreateDataSourceOptions): DataSource {
  const { config, onPoolError = warn } = options;
  return new DataSource({
    type: 'postgres',
    driver: pgDriver(),
    url: options.direct === true ? directUrl(config) : config.DATABASE_URL,
    applicationName: options.service,
    poolSize: config.DATABASE_POOL_MAX,
    connectTimeoutMS: config.DATABASE_CONNECT_TIMEOUT_MS,
    entities: options.entities,
    migrations: options.migrations,
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    logging: false,
    logger: new SilentOrmLogger(),
    poolErrorHandler: (error: Error) => onPoolError(withoutClient(error)),
    extra: {
      Client: ServiceClient,
      pipeline: true,
      idleTimeoutMillis: config.DATABASE_POOL_IDLE_MS,
      maxLifetimeSeconds: config.DATABASE_POOL_LIFETIME_S,
      options: sessionOptions,
      ...clientKeepAlive,
      ...lastWords,
    },
  });
}

/** The database past a transaction pooler: for LISTEN, session locks and DDL. */
export function directUrl(config: DatabaseConfig): string {
  return config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
}

function warn(error: Error): void {
  process.emitWarning(`an idle database connection broke: ${error.message}`);
}

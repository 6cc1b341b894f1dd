import { createDataSource, runMigrations } from '@dozen/database';
import { loadConfig } from '@dozen/config';
import { newId } from '@dozen/kernel';
import { KafkaJsBroker, maintainInboxPartitions } from '@dozen/messaging';
import { startService } from '@dozen/service';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, testKafkaUrl } from '@dozen/testing';
import type { Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { gatewayConfig, gatewayService } from '../../src/index.js';
import { AUDIENCE, ISSUER, startIdentity, type TokenClaims } from './identity.js';

export interface CallOptions {
  readonly method?: 'GET' | 'POST';
  /** Claims of the caller's token; null sends none. */
  readonly as?: TokenClaims | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A gateway of the test's own: database, consumer group, identity provider. Its outbox is read, never relayed. */
export async function startGateway(options: { processTypes?: 'web' | 'web,consumer' } = {}) {
  const { processTypes = 'web' } = options;
  const identity = await startIdentity();
  const database = await createTestDatabase({ template: { name: 'gateway', prepare: migrate } });
  // Other test files consume the same topics: a name of one's own is a consumer group of one's own.
  const definition = { ...gatewayService, name: `gateway-${newId()}` };
  const env = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    PROCESS_TYPES: processTypes,
    DATABASE_URL: database.url,
    KAFKA_URL: testKafkaUrl(),
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: identity.jwksUrl,
    HTTP_DRAIN_GRACE_MS: '0',
  };
  const config = loadConfig(gatewayConfig, env);
  const logs: string[] = [];
  const destination = { write: (line: string) => void logs.push(line) };
  const logger = createLogger({ service: 'gateway', release: 'test', level: 'debug', destination });

  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'test', logger });
  await broker.ensureTopics(definition.topics);
  const running = await startService(definition, { config, logger, exit: () => undefined });
  await running.ready();

  return {
    broker,
    identity,
    dataSource: running.app.get(DataSource),
    get: <T>(type: Type<T>): T => running.app.get(type),
    logs,
    async call(path: string, { method = 'GET', as = {}, headers = {}, body }: CallOptions = {}): Promise<Answer> {
      const response = await fetch(new URL(path, running.url), {
        method,
        headers: {
          ...(as === null ? {} : { authorization: `Bearer ${await identity.token(as)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status } = response;
      return { status, headers: response.headers, text, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
    },
    async stop(): Promise<void> {
      await running.stop();
      await broker.close();
      await identity.stop();
      await database.drop();
    },
  };
}

async function migrate(url: string): Promise<void> {
  const schema = createDataSource({
    config: {
      DATABASE_URL: url,
      DATABASE_POOL_MAX: 2,
      DATABASE_POOL_IDLE_MS: 1000,
      DATABASE_POOL_LIFETIME_S: 60,
      DATABASE_CONNECT_TIMEOUT_MS: 5000,
    },
    service: 'migrate',
    entities: gatewayService.entities,
    migrations: [...gatewayService.migrations],
  });
  await schema.initialize();
  await runMigrations(schema);
  await maintainInboxPartitions(schema, new Date());
  await schema.destroy();
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

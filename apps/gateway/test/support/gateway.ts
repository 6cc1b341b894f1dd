import { installCache } from '@dozen/cache';
import { createDataSource, Jobs, runMigrations, UnitsOfWork } from '@dozen/database';
import { loadConfig } from '@dozen/config';
import { newId, systemClock } from '@dozen/kernel';
import { KafkaJsBroker, maintainInboxPartitions, type OutgoingRecord } from '@dozen/messaging';
import { startService } from '@dozen/service';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, testKafkaUrl } from '@dozen/testing';
import type { Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { gatewayConfig, gatewayService } from '../../src/index.js';
import { EventSource } from './event-source.js';
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
export async function startGateway(
  options: {
    processTypes?: 'web' | 'web,consumer';
    /** More of its environment. */
    env?: Readonly<Record<string, string>>;
  } = {},
) {
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
    ...options.env,
  };
  const config = loadConfig(gatewayConfig, env);
  const logs: string[] = [];
  const destination = { write: (line: string) => void logs.push(line) };
  const logger = createLogger({ service: 'gateway', release: 'test', level: 'debug', destination });

  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'test', logger });
  await broker.ensureTopics(definition.topics);
  const running = await startService(definition, { config, logger, exit: () => undefined });
  await running.ready();
  const dataSource = running.app.get(DataSource);

  return {
    broker,
    identity,
    dataSource,
    get: <T>(type: Type<T>): T => running.app.get(type),
    logs,
    ...clientOf(running.url, identity),
    /** Sends messages as their services would, all in one. */
    async hear(...records: OutgoingRecord[]): Promise<void> {
      const producer = await broker.producer({ timeoutMs: 10_000 });
      await producer.send(records, { timeoutMs: 10_000 });
      await producer.close();
    },
    /** Another process of the same gateway, without a consumer of its own. */
    async sibling() {
      const web = loadConfig(gatewayConfig, { ...env, PROCESS_TYPES: 'web' });
      const other = await startService(definition, { config: web, logger, exit: () => undefined });
      await other.ready();
      return { ...clientOf(other.url, identity), stop: () => other.stop() };
    },
    async rebuild(): Promise<{ orders: number; changed: number }> {
      const [command] = definition.commands;
      if (command === undefined) throw new Error('the gateway has no admin process of its own');
      const jobs = running.app.get(Jobs);
      const units = running.app.get(UnitsOfWork);
      const { json } = await command.run({ config, logger, clock: systemClock, dataSource, units, jobs }, {});
      return json as { orders: number; changed: number };
    },
    async stop(): Promise<void> {
      await running.stop();
      await broker.close();
      await identity.stop();
      await database.drop();
    },
  };
}

function clientOf(url: string, identity: Awaited<ReturnType<typeof startIdentity>>) {
  const call = async (
    path: string,
    { method = 'GET', as = {}, headers = {}, body }: CallOptions = {},
  ): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
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
  };
  return {
    call,
    /** Asks for some mugs, under a key of its own unless `headers` say another. */
    order({
      quantity = 1,
      headers = {},
    }: { quantity?: number; headers?: Record<string, string> } = {}): Promise<Answer> {
      return call('/v1/orders', {
        method: 'POST',
        headers: { 'idempotency-key': `"${newId()}"`, ...headers },
        body: { items: [{ sku: 'MUG-1', quantity }], paymentToken: 'tok_ok' },
      });
    },
    async events(orderId: string, lastEventId?: number): Promise<EventSource> {
      return EventSource.open(new URL(`/v1/orders/${orderId}/events`, url), {
        authorization: `Bearer ${await identity.token()}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
      });
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
  await installCache(url);
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

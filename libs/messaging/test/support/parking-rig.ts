import { createDataSource, runMigrations } from '@dozen/database';
import { type Clock, type MessageContract, newId, systemClock, type TopicDeclaration } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase } from '@dozen/testing';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { FetchedRecord } from '../../src/broker/port.js';
import { BatchProcessor } from '../../src/inbox/handle/batch-processor.js';
import type { HandlingOptions } from '../../src/inbox/handle/handling.js';
import { RetryScheduler } from '../../src/inbox/retry/scheduler.js';
import {
  type DeadLetter,
  HandlerRegistry,
  listDeadLetters,
  maintainInboxPartitions,
  type MessageHandler,
  messagingMigrations,
  OutboxWriter,
} from '../../src/index.js';

/** `say` is what a test lets the handler do with it. */
const note = z.object({ key: z.string(), n: z.number(), say: z.string().default('ok') });
export type Note = z.output<typeof note>;

function contract(name: string, topic: Pick<TopicDeclaration, 'name' | 'kind'>): MessageContract<Note> {
  const declaration = { ...topic, partitions: 1, retentionMs: 3_600_000, cleanup: 'delete' } as const;
  return {
    name,
    version: 1,
    type: `test.${name}.v1`,
    kind: topic.kind,
    topic: declaration,
    schema: note,
    key: ({ key }) => key,
  };
}

export const Noted = contract('Noted', { name: 'notes.events', kind: 'event' });
export const Billed = contract('Billed', { name: 'bills.events', kind: 'event' });
export const DoNote = contract('DoNote', { name: 'notes.commands', kind: 'command' });

const logger = createLogger({
  service: 'test',
  release: 'test',
  level: process.env['LOG_LEVEL'] === 'debug' ? 'debug' : 'fatal',
});

/** The inbox without a broker: real PostgreSQL, records made by hand. */
export async function parkingRig() {
  const database = await createTestDatabase();
  const sources: DataSource[] = [];
  const connect = async (poolMax = 6): Promise<DataSource> => {
    const dataSource = connectTo(database.url, poolMax);
    await dataSource.initialize();
    sources.push(dataSource);
    return dataSource;
  };
  const dataSource = await connect();
  await runMigrations(dataSource);
  await maintainInboxPartitions(dataSource, new Date());
  await dataSource.query('CREATE TABLE effects (id bigserial PRIMARY KEY, consumer text, topic text, key text, n int)');
  const stops: (() => Promise<void>)[] = [];

  return {
    url: database.url,
    dataSource,
    connect,
    /** Releases what is due from now on, until `stop`. */
    startRetries(options: HandlingOptions): RetryScheduler {
      const scheduler = new RetryScheduler(options);
      scheduler.start();
      stops.push(() => scheduler.stop());
      return scheduler;
    },
    async effects(consumer: string): Promise<{ key: string; n: number }[]> {
      return dataSource.query('SELECT key, n FROM effects WHERE consumer = $1 ORDER BY id', [consumer]);
    },
    async parked(consumer: string): Promise<DeadLetter[]> {
      const all = await listDeadLetters(dataSource, { all: true, limit: 10_000 });
      return all.filter((letter) => letter.consumer === consumer);
    },
    async blockedKeys(consumer: string): Promise<string[]> {
      const rows: { key: string }[] = await dataSource.query(
        'SELECT key FROM messaging.parked_keys WHERE consumer = $1 ORDER BY key',
        [consumer],
      );
      return rows.map(({ key }) => key);
    },
    async stopSchedulers(): Promise<void> {
      for (const stop of stops.splice(0)) await stop();
    },
    async close(): Promise<void> {
      await this.stopSchedulers();
      for (const source of sources) await source.destroy();
      await database.drop();
    },
  };
}

export function connectTo(url: string, poolMax: number): DataSource {
  return createDataSource({
    config: {
      DATABASE_URL: url,
      DATABASE_POOL_MAX: poolMax,
      DATABASE_POOL_IDLE_MS: 1000,
      DATABASE_POOL_LIFETIME_S: 60,
      DATABASE_CONNECT_TIMEOUT_MS: 5000,
    },
    service: 'test',
    entities: [],
    migrations: messagingMigrations,
    onPoolError: () => undefined,
  });
}

export interface ConsumerParts {
  readonly consumer?: string;
  readonly dataSource: DataSource;
  readonly retryDelaysMs?: readonly number[];
  readonly clock?: Clock;
  /** Does what the test wants before the effect is written. */
  readonly before?: (note: Note) => Promise<void> | void;
  readonly handlers?: readonly MessageHandler<Note>[];
}

/** A consumer whose handlers of all three types write one effect each. */
export function consumerOn(parts: ConsumerParts): HandlingOptions & { processor: BatchProcessor } {
  const { consumer = `c-${newId()}`, dataSource, retryDelaysMs = [], clock = systemClock, before } = parts;
  const handlers = new HandlerRegistry();
  const given = parts.handlers ?? [Noted, Billed, DoNote].map((type) => writing(type, consumer, before));
  for (const handler of given) handlers.add(handler as MessageHandler);
  const outbox = new OutboxWriter({ source: '/test', wake: () => undefined });
  const options = { consumer, dataSource, outbox, handlers, clock, logger, retryDelaysMs };
  return { ...options, processor: new BatchProcessor(options) };
}

export function writing(
  type: MessageContract<Note>,
  consumer: string,
  before: (note: Note) => Promise<void> | void = () => undefined,
): MessageHandler<Note> {
  return {
    contract: type,
    async handle(payload, unit) {
      await before(payload);
      await unit.manager.query('INSERT INTO effects (consumer, topic, key, n) VALUES ($1, $2, $3, $4)', [
        consumer,
        type.topic.name,
        payload.key,
        payload.n,
      ]);
    },
  };
}

let offsets = 0;

/** A record as the broker would hand it over; `headers` replace, `value` is sent as it is. */
export function recordOf(
  type: MessageContract<Note>,
  payload: Partial<Note> & Pick<Note, 'key' | 'n'>,
  change: { headers?: Record<string, string>; value?: string } = {},
): FetchedRecord {
  offsets += 1;
  return {
    topic: type.topic.name,
    partition: 0,
    offset: String(offsets),
    timestamp: Date.now(),
    key: Buffer.from(payload.key),
    value: Buffer.from(change.value ?? JSON.stringify(payload)),
    headers: {
      ce_specversion: '1.0',
      ce_id: newId(),
      ce_type: type.type,
      ce_source: '/test',
      ce_time: new Date().toISOString(),
      ...change.headers,
    },
  };
}

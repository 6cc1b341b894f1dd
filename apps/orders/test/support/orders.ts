import { loadConfig } from '@dozen/config';
import type { PlaceOrder } from '@dozen/contracts';
import { createDataSource, Jobs, runMigrations, UnitsOfWork } from '@dozen/database';
import { type MessageContract, newId, systemClock } from '@dozen/kernel';
import {
  type DeadLetter,
  KafkaJsBroker,
  listDeadLetters,
  maintainInboxPartitions,
  type OutgoingRecord,
} from '@dozen/messaging';
import { type Answer, startService } from '@dozen/service';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, testKafkaUrl } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { ordersConfig, ordersService } from '../../src/index.js';

/** One event of the outbox, as orders would send it. */
export interface Published {
  readonly type: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface StockRow {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

/**
 * Orders with a database and a consumer group of the test's own, seeded. Its outbox is read, never relayed. As a
 * `consumer` it also takes the commands of the other test files: each file orders products of its own.
 */
export async function startOrders({ processTypes = 'consumer' }: { processTypes?: 'consumer' | 'jobs' } = {}) {
  const database = await createTestDatabase();
  // Other test files consume the same topics: a name of one's own is a consumer group of one's own.
  const definition = { ...ordersService, name: `orders-${newId()}` };
  const env = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    PROCESS_TYPES: processTypes,
    DATABASE_URL: database.url,
    KAFKA_URL: testKafkaUrl(),
    HTTP_DRAIN_GRACE_MS: '0',
  };
  const config = loadConfig(ordersConfig, env);
  const logs: string[] = [];
  const destination = { write: (line: string) => void logs.push(line) };
  const logger = createLogger({ service: 'orders', release: 'test', level: 'debug', destination });

  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'test', logger });
  await broker.ensureTopics(definition.topics);
  const schema = createDataSource({
    config,
    service: 'migrate',
    entities: definition.entities,
    migrations: [...definition.migrations],
  });
  await schema.initialize();
  await runMigrations(schema);
  await maintainInboxPartitions(schema, new Date());
  await schema.destroy();

  const running = await startService(definition, { config, logger, exit: () => undefined });
  await running.ready();
  const dataSource = running.app.get(DataSource);
  const context = { config, logger, clock: systemClock, dataSource, units: running.app.get(UnitsOfWork) };
  const seed = async () => (await definition.seed?.({ ...context, jobs: running.app.get(Jobs) })) ?? '';
  await seed();
  const producer = await broker.producer({ timeoutMs: 10_000 });

  return {
    dataSource,
    logs,
    seed,
    /** In one send: side by side for different orders, in this order for one. */
    async send(...records: OutgoingRecord[]): Promise<void> {
      await producer.send(records, { timeoutMs: 10_000 });
    },
    /** An admin process, as its command line would run it. */
    async admin(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
      const command = definition.commands.find((one) => one.name === name);
      if (command === undefined) throw new Error(`orders has no command ${name}`);
      return command.run({ ...context, jobs: running.app.get(Jobs) }, given);
    },
    async published(key: string): Promise<Published[]> {
      return dataSource.query(
        `SELECT headers->>'ce_type' AS type, topic, payload::json AS payload FROM messaging.outbox WHERE key = $1 ORDER BY seq`,
        [key],
      );
    },
    /** The types of an order's events, once there are as many as expected. */
    async untilPublished(key: string, types: string[]): Promise<Published[]> {
      return eventually(async () => {
        const events = await this.published(key);
        expect(events.map(({ type }) => type.split('.')[1])).toEqual(types);
        return events;
      });
    },
    async stock(sku: string): Promise<StockRow | undefined> {
      const rows: StockRow[] = await dataSource.query(
        'SELECT available::int, reserved::int, sold::int FROM stock WHERE sku = $1',
        [sku],
      );
      return rows[0];
    },
    async addProduct(product: { sku: string; available: number; amount?: number; currency?: string }): Promise<void> {
      const { sku, available, amount = 1000, currency = 'EUR' } = product;
      const note = { by: 'test', why: 'needed' };
      await this.admin('catalogue add', { sku, name: `Name of ${sku}`, amount, currency, units: available, ...note });
    },
    async deadLetters(orderId: string): Promise<DeadLetter[]> {
      const all = await listDeadLetters(dataSource, { limit: 1000 });
      const ids: { id: string }[] = await dataSource.query(
        'SELECT id FROM messaging.parked_messages WHERE record_key = $1',
        [Buffer.from(orderId)],
      );
      return all.filter((letter) => ids.some(({ id }) => id === letter.id));
    },
    async untilDeadLetter(orderId: string): Promise<DeadLetter> {
      return eventually(async () => {
        const [letter] = await this.deadLetters(orderId);
        if (letter === undefined) throw new Error(`no dead letter of order ${orderId} yet`);
        return letter;
      });
    },
    async stop(): Promise<void> {
      await producer.close();
      await running.stop();
      await broker.close();
      await database.drop();
    },
  };
}

export type TestOrders = Awaited<ReturnType<typeof startOrders>>;

/** A record as another service would write it. */
export function record<T>(contract: MessageContract<T>, payload: T, id = newId()): OutgoingRecord {
  const key = contract.key(payload);
  const time = new Date().toISOString();
  const ce = { ce_id: id, ce_type: contract.type, ce_source: '/test', ce_time: time, ce_subject: key };
  return {
    topic: contract.topic.name,
    key,
    value: JSON.stringify(payload),
    headers: { ce_specversion: '1.0', ...ce, 'content-type': 'application/json' },
  };
}

/** A PlaceOrder: `order({ 'COFFEE-1KG': 2 })`. */
export function order(items: Readonly<Record<string, number>>, overrides: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    orderId: newId(),
    customer: { id: 'c-1', email: 'ada@example.com', locale: 'en' },
    items: Object.entries(items).map(([sku, quantity]) => ({ sku, quantity })),
    paymentToken: 'tok_ok',
    ...overrides,
  };
}

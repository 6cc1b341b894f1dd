import { loadConfig } from '@dozen/config';
import { OrderCancelling, OrderPlaced } from '@dozen/contracts';
import { createDataSource, installJobs, Jobs, runMigrations, UnitsOfWork } from '@dozen/database';
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
import { billingConfig, billingService } from '../../src/index.js';

/** One event of the outbox, as billing would send it. */
export interface Published {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Billing with a database and a consumer group of the test's own. Its outbox is read, never relayed. */
export async function startBilling(options: {
  providerUrl: string;
  providerTimeoutMs?: number;
  paymentTimeoutS?: number;
}) {
  const { providerUrl, providerTimeoutMs = 2_000, paymentTimeoutS = 900 } = options;
  const database = await createTestDatabase();
  // Other test files consume the same topics: a name of one's own is a consumer group of one's own.
  const definition = { ...billingService, name: `billing-${newId()}` };
  const config = loadConfig(billingConfig, {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    PROCESS_TYPES: 'consumer,jobs',
    DATABASE_URL: database.url,
    KAFKA_URL: testKafkaUrl(),
    HTTP_DRAIN_GRACE_MS: '0',
    PAYMENT_PROVIDER_URL: providerUrl,
    PAYMENT_PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
    PAYMENT_TIMEOUT_S: String(paymentTimeoutS),
  });
  const logs: string[] = [];
  const destination = { write: (line: string) => void logs.push(line) };
  const logger = createLogger({ service: 'billing', release: 'test', level: 'debug', destination });

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
  await installJobs(config.DATABASE_URL, definition.jobs);

  const running = await startService(definition, { config, logger, exit: () => undefined });
  await running.ready();
  const dataSource = running.app.get(DataSource);
  const producer = await broker.producer({ timeoutMs: 10_000 });

  return {
    dataSource,
    logs,
    units: running.app.get(UnitsOfWork),
    jobs: running.app.get(Jobs),
    async send(...records: OutgoingRecord[]): Promise<void> {
      await producer.send(records, { timeoutMs: 10_000 });
    },
    async published(orderId: string): Promise<Published[]> {
      return dataSource.query(
        `SELECT headers->>'ce_type' AS type, payload::json AS payload FROM messaging.outbox WHERE key = $1 ORDER BY seq`,
        [orderId],
      );
    },
    /** An order's events, once there are as many as expected. */
    async untilPublished(orderId: string, types: string[]): Promise<Published[]> {
      return eventually(async () => {
        const events = await this.published(orderId);
        expect(events.map(({ type }) => type.split('.')[1])).toEqual(types);
        return events;
      });
    },
    /** Balance by account; accounts at zero are left out. */
    async balances(orderId?: string): Promise<Record<string, number>> {
      const rows: { account: string; balance: number }[] = await dataSource.query(
        `SELECT account, sum(e.amount)::int AS balance FROM ledger_entry e JOIN payment p ON p.id = e.payment_id
          WHERE p.order_id = coalesce($1, p.order_id) GROUP BY account HAVING sum(e.amount) <> 0`,
        [orderId ?? null],
      );
      return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]));
    },
    async untilDeadLetter(messageId: string): Promise<DeadLetter> {
      return eventually(async () => {
        const rows: { id: string }[] = await dataSource.query(
          'SELECT id FROM messaging.parked_messages WHERE message_id = $1',
          [messageId],
        );
        const letter = (await listDeadLetters(dataSource, { limit: 1_000 })).find(({ id }) => id === rows[0]?.id);
        if (letter === undefined) throw new Error(`no dead letter of message ${messageId} yet`);
        return letter;
      });
    },
    async stateOf(orderId: string): Promise<string | undefined> {
      const rows = await dataSource.query<{ state: string }[]>('SELECT state FROM payment WHERE order_id = $1', [
        orderId,
      ]);
      return rows[0]?.state;
    },
    /** Ledger against provider, as the admin process compares them. */
    async reconciliation(): Promise<Answer> {
      const [command] = definition.commands;
      if (command === undefined) throw new Error('billing has no admin process of its own');
      const { units, jobs } = this;
      return command.run({ config, logger, clock: systemClock, dataSource, units, jobs }, {});
    },
    async stop(): Promise<void> {
      await producer.close();
      await running.stop();
      await broker.close();
      await database.drop();
    },
  };
}

export type TestBilling = Awaited<ReturnType<typeof startBilling>>;

/** A new order of two mugs, 25.00 EUR. */
export function order(paymentToken: string, changes: Partial<OrderPlaced> = {}): OrderPlaced {
  return {
    orderId: newId(),
    aggregateVersion: 1,
    customer: { id: 'c-1', email: 'ada@example.com', locale: 'en' },
    items: [{ sku: 'MUG-1', name: 'Mug', quantity: 2, unitPrice: { amount: 1250, currency: 'EUR' } }],
    total: { amount: 2500, currency: 'EUR' },
    paymentToken,
    ...changes,
  };
}

/** The customer wants the order called off. */
export function cancelling({ orderId, customer }: OrderPlaced): OutgoingRecord {
  return recordOf(OrderCancelling, { orderId, aggregateVersion: 2, customer });
}

/** The record as orders would write it. */
export function record(event: OrderPlaced, id = newId()): OutgoingRecord {
  return recordOf(OrderPlaced, event, id);
}

function recordOf<T>(contract: MessageContract<T>, event: T, id = newId()): OutgoingRecord {
  const key = contract.key(event);
  const time = new Date().toISOString();
  const ce = { ce_id: id, ce_type: contract.type, ce_source: '/test', ce_time: time, ce_subject: key };
  return {
    topic: contract.topic.name,
    key,
    value: JSON.stringify(event),
    headers: { ce_specversion: '1.0', ...ce, 'content-type': 'application/json' },
  };
}

import { billingEvents, InvoiceOpened, MailSent, notifierEvents } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { Partitioners } from 'kafkajs';
import { PostgresOrders } from '../src/adapters/postgres/postgres-orders.js';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

/** Two orders whose events go to one partition, so that one send puts both into one batch. */
function twoOrdersOfOnePartition(): [string, string] {
  const partitionOf = (key: string): number => {
    const partitionMetadata = Array.from({ length: billingEvents.partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [],
      isr: [],
    }));
    return Partitioners.DefaultPartitioner()({
      topic: billingEvents.name,
      partitionMetadata,
      message: { key, value: null },
    });
  };
  const one = newId();
  for (;;) {
    const other = newId();
    if (partitionOf(other) === partitionOf(one)) return [one, other];
  }
}

const invoice = (orderId: string) =>
  recordOf(InvoiceOpened, {
    orderId,
    aggregateVersion: 1,
    paymentId: newId(),
    invoiceId: newId(),
    amount: { amount: 100, currency: 'EUR' },
  });

const mail = (orderId: string) =>
  recordOf(MailSent, { orderId, aggregateVersion: 1, template: 'order-placed', messageId: '<m@dozen>' });

async function untilWaiting(batches: number): Promise<void> {
  await eventually(async () => {
    const [row] = await gateway.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(row.count).toBe(batches);
  });
}

describe('batches of two topics that have the same orders the other way round', () => {
  it('wait for each other instead of deadlocking', async () => {
    expect(notifierEvents.partitions).toBe(billingEvents.partitions);
    const [one, other] = twoOrdersOfOnePartition();
    const producer = await gateway.broker.producer({ timeoutMs: 10_000 });
    // The first batch is held on its first order, while the second comes from the other side.
    const holder = gateway.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('INSERT INTO orders (id) VALUES ($1)', [one]);
    await producer.send([invoice(one), invoice(other)], { timeoutMs: 10_000 });
    await untilWaiting(1);
    await producer.send([mail(other), mail(one)], { timeoutMs: 10_000 });
    await untilWaiting(2);
    await holder.commitTransaction();
    await holder.release();
    await producer.close();

    const orders = new PostgresOrders(gateway.dataSource);
    await eventually(async () => {
      for (const id of [one, other]) expect(await orders.timeline(id)).toHaveLength(2);
    });
    expect(gateway.logs.filter((line) => line.includes('deadlock'))).toEqual([]);
  });
});

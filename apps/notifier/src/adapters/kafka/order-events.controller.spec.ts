import { OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected } from '@dozen/contracts';
import { Jobs } from '@dozen/database';
import { type MessageContract, newId, type PayloadOf } from '@dozen/kernel';
import { consumerInMemory, type ConsumerUnderTest, recordOf } from '@dozen/messaging/testing';
import { CONFIG } from '@dozen/service';
import { Mails } from '../../application/ports.js';
import { QueueMail } from '../../application/queue-mail.js';
import type { MailTemplate } from '../../domain/mails/index.js';
import { OrderEventsController } from './order-events.controller.js';

type Queued = Parameters<Mails['add']>[1];

const order = {
  orderId: newId(),
  aggregateVersion: 1,
  customer: { id: 'ada', email: 'ada@example.org', locale: 'de' },
};
const requested = [{ sku: 'MUG-1', quantity: 2 }];
const items = [{ ...requested[0], name: 'Mug', unitPrice: { amount: 1250, currency: 'EUR' } }] as PayloadOf<
  typeof OrderConfirmed
>['items'];
const total = { amount: 2500, currency: 'EUR' };
const placed = { ...order, items, total, paymentToken: 'tok_secret' };
const rejected = { ...order, items: requested, reason: 'ORD-OUT-OF-STOCK' as const, detail: 'MUG-1: 1 left' };

let consumer: ConsumerUnderTest;
let queued: Queued[];

beforeEach(async () => {
  queued = [];
  const mails = { add: (_unit: unknown, mail: Queued) => Promise.resolve(queued.push(mail) > 0) };
  consumer = await consumerInMemory({
    controllers: [OrderEventsController],
    providers: [
      QueueMail,
      { provide: Mails, useValue: mails },
      { provide: Jobs, useValue: { enqueue: () => Promise.resolve() } },
      { provide: CONFIG, useValue: { MAIL_FROM: 'Shop <shop@example.org>' } },
    ],
  });
});

afterEach(() => consumer.close());

async function templatesAfter<T>(contract: MessageContract<T>, payload: T): Promise<MailTemplate[]> {
  expect(await consumer.handle(recordOf(contract, payload))).toMatchObject({ outcome: 'handled' });
  return queued.map(({ notice }) => notice.template);
}

describe('what customers are told of', () => {
  it('is one mail for each turn of an order', async () => {
    expect(await templatesAfter(OrderPlaced, placed)).toEqual(['order-placed']);
    expect(await templatesAfter(OrderConfirmed, { ...order, items, total })).toContain('order-confirmed');
    expect(await templatesAfter(OrderCancelled, { ...order, items, total })).toContain('order-cancelled');
    expect(await templatesAfter(OrderRejected, rejected)).toContain('order-rejected');
    expect(queued).toHaveLength(4);
  });

  it('is money that comes back in a mail of its own, and no such mail without it', async () => {
    expect(await templatesAfter(OrderRejected, { ...rejected, refunded: total })).toEqual([
      'order-rejected',
      'order-refunded',
    ]);
  });

  it('is nothing again when the message is delivered again', async () => {
    const record = recordOf(OrderPlaced, placed);
    expect(await consumer.handle(record)).toMatchObject({ outcome: 'handled' });
    expect(await consumer.handle(record)).toEqual({ outcome: 'repeated' });
    expect(queued).toHaveLength(1);
  });

  it('is never the payment token', async () => {
    await templatesAfter(OrderPlaced, placed);
    expect(JSON.stringify(queued)).not.toContain('tok_secret');
  });
});

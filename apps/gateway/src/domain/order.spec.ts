import { newId } from '@dozen/kernel';
import { arrive, type Arrival, type Order } from './order.js';

const id = newId();
const unknown: Order = { id, customerId: null, lastPosition: 0, view: undefined };
const arrival = (customerId?: string): Arrival => ({
  messageId: newId(),
  type: 'dozen.MailSent.v1',
  topic: 'notifier.events',
  source: '/dozen/notifier',
  time: new Date(),
  data: { kind: 'MailSent', version: 1, template: 'order-placed' },
  fixed: false,
  customerId,
});

describe('a message that arrives for an order', () => {
  it('takes the next position', () => {
    const first = arrive(unknown, arrival());
    const second = arrive(first.order, arrival());
    expect([first.entry.position, second.entry.position, second.order.lastPosition]).toEqual([1, 2, 2]);
  });

  it('leaves the owner unknown until a message names the customer', () => {
    const first = arrive(unknown, arrival());
    expect(first.order.customerId).toBeNull();
    expect(arrive(first.order, arrival('ada')).order.customerId).toBe('ada');
  });

  it('keeps the owner when a later message names nobody, and puts no customer into the entry', () => {
    const first = arrive(unknown, arrival('ada'));
    expect(arrive(first.order, arrival()).order.customerId).toBe('ada');
    expect(first.entry).not.toHaveProperty('customerId');
  });

  it('is refused when it names another customer', () => {
    const { order } = arrive(unknown, arrival('ada'));
    expect(() => arrive(order, arrival('bob'))).toThrow('different customers');
  });
});

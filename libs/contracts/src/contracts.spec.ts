import { contractsIn, newId } from '@dozen/kernel';
import * as contracts from './index.js';

const messages = contractsIn(contracts);

function placeOrder(change: Record<string, unknown> = {}) {
  return {
    orderId: newId(),
    customer: { id: 'ada', email: 'ada@example.org', locale: 'en' },
    items: [{ sku: 'MUG-BLUE', quantity: 1 }],
    paymentToken: 'tok_ok',
    ...change,
  };
}

describe('the contracts', () => {
  it('have types of their own, with name and version in them', () => {
    expect(messages.length).toBeGreaterThan(10);
    expect(new Set(messages.map(({ type }) => type)).size).toBe(messages.length);
    for (const { type, name, version } of messages) expect(type).toBe(`dozen.${name}.v${version}`);
  });

  it('take their kind from their topic, and every topic is declared', () => {
    for (const { kind, topic } of messages) {
      expect(kind).toBe(topic.kind);
      expect(contracts.topics).toContain(topic);
    }
    expect(new Set(contracts.topics.map(({ name }) => name)).size).toBe(contracts.topics.length);
  });

  it('key what is about an order by the order', () => {
    const command = contracts.PlaceOrder.schema.parse(placeOrder());
    expect(contracts.PlaceOrder.key(command)).toBe(command.orderId);
  });

  it('know an order by one spelling of its id, whichever was written', () => {
    const orderId = newId();
    expect(contracts.PlaceOrder.schema.parse(placeOrder({ orderId: orderId.toUpperCase() })).orderId).toBe(orderId);
  });

  it.each(['info@xn--e1afmkfd.xn--p1ai', 'you&me@example.org', 'a/b@example.org'])('take the address %s', (email) => {
    expect(contracts.customer.safeParse({ id: 'ada', email, locale: 'en' }).success).toBe(true);
  });

  it('drop what they do not know, so that a newer producer is understood', () => {
    expect(contracts.PlaceOrder.schema.parse(placeOrder({ giftWrap: true }))).not.toHaveProperty('giftWrap');
  });

  it.each([
    ['an order id that is no UUIDv7', { orderId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' }],
    ['no items', { items: [] }],
    ['a quantity of zero', { items: [{ sku: 'MUG-BLUE', quantity: 0 }] }],
    ['half a piece', { items: [{ sku: 'MUG-BLUE', quantity: 0.5 }] }],
    [
      'one SKU on two lines',
      {
        items: [
          { sku: 'MUG-BLUE', quantity: 1 },
          { sku: 'MUG-BLUE', quantity: 2 },
        ],
      },
    ],
    ['a SKU with a space', { items: [{ sku: 'MUG BLUE', quantity: 1 }] }],
    ['a customer without an address', { customer: { id: 'ada', email: 'ada', locale: 'en' } }],
    ['no card', { paymentToken: '' }],
    ['a NUL in the card', { paymentToken: 'tok\0' }],
    ['half of a surrogate pair in the card', { paymentToken: 'tok_\uD83D' }],
    ['a NUL in the customer', { customer: { id: 'a\0', email: 'ada@example.org', locale: 'en' } }],
    [
      'a customer whose address forges a header',
      { customer: { id: 'a', email: 'a@b.org\r\nBcc: c@d.org', locale: 'en' } },
    ],
    ['a locale without an end', { customer: { id: 'a', email: 'a@b.org', locale: `en${'-abcdefgh'.repeat(9)}` } }],
  ])('PlaceOrder refuses %s', (_name, change) => {
    expect(contracts.PlaceOrder.schema.safeParse(placeOrder(change)).success).toBe(false);
  });
});

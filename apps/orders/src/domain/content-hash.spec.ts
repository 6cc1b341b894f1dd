import type { PlaceOrder } from '@dozen/contracts';
import { contentHash } from './content-hash.js';

const command: PlaceOrder = {
  orderId: '0198c6f0-0000-7000-8000-000000000001',
  customer: { id: 'c-1', email: 'ada@example.com', locale: 'en' },
  items: [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ],
  paymentToken: 'tok_ok',
};

const others: [string, PlaceOrder][] = [
  ['order id', { ...command, orderId: '0198c6f0-0000-7000-8000-000000000002' }],
  ['customer', { ...command, customer: { ...command.customer, id: 'c-2' } }],
  ['address', { ...command, customer: { ...command.customer, email: 'eve@example.com' } }],
  ['locale', { ...command, customer: { ...command.customer, locale: 'de' } }],
  ['quantity', { ...command, items: [{ sku: 'A', quantity: 2 }, ...command.items.slice(1)] }],
  ['SKU', { ...command, items: [{ sku: 'C', quantity: 1 }, ...command.items.slice(1)] }],
  ['line less', { ...command, items: command.items.slice(1) }],
  ['payment token', { ...command, paymentToken: 'tok_declined' }],
];

describe('the hash of a PlaceOrder', () => {
  it('is the same for the same content, whatever the order of lines and of properties', () => {
    const { items, ...rest } = command;
    const turned = { items: [...items].reverse().map(({ sku, quantity }) => ({ quantity, sku })), ...rest };
    expect(contentHash(turned)).toBe(contentHash(command));
  });

  it.each(others)('differs for another %s', (_, other) => {
    expect(contentHash(other)).not.toBe(contentHash(command));
  });

  it('does not show the payment token', () => {
    expect(contentHash(command)).toMatch(/^[0-9a-f]{64}$/);
  });
});

import { type Facts, judge, type OrderFact } from './judge.js';

function order(id: string, status: string, { quantity = 1, total = 250 } = {}): OrderFact {
  const items = [{ sku: 'X', quantity }];
  return { id, status, items, total, shown: status, cancellation: undefined, refusal: undefined };
}

const sound: Facts = {
  accepted: ['a', 'b', 'c', 'd'],
  cancelRequested: ['c'],
  orders: [
    { ...order('a', 'confirmed', { quantity: 2, total: 500 }), cancellation: 'refused', refusal: 'ORD-CONFIRMED' },
    order('b', 'rejected'),
    { ...order('c', 'cancelled'), cancellation: 'accepted' },
    order('d', 'rejected'),
  ],
  stock: [{ sku: 'X', available: 8, reserved: 0, sold: 2 }],
  seeded: new Map([['X', 10]]),
  payments: [
    { orderId: 'a', state: 'captured', amount: 500 },
    { orderId: 'b', state: 'declined', amount: 250 },
    { orderId: 'c', state: 'voided', amount: 250 },
    { orderId: 'd', state: 'refunded', amount: 250 },
  ],
  ledgerSums: [{ transaction: 't', sum: 0 }],
  clearing: 500,
  charges: [
    { key: 'k1', reference: 'a', status: 'captured', amount: 500 },
    { key: 'k2', reference: 'b', status: 'declined', amount: 250 },
    { key: 'k3', reference: 'd', status: 'refunded', amount: 250 },
  ],
  mails: [
    { orderId: 'a', template: 'order-placed', messageId: 'm' },
    { orderId: 'a', template: 'order-placed', messageId: 'm' },
    { orderId: 'a', template: 'order-confirmed', messageId: 'ac' },
    { orderId: 'b', template: 'order-placed', messageId: 'bp' },
    { orderId: 'b', template: 'order-rejected', messageId: 'br' },
    { orderId: 'c', template: 'order-placed', messageId: 'cp' },
    { orderId: 'c', template: 'order-cancelled', messageId: 'cc' },
    { orderId: 'd', template: 'order-placed', messageId: 'dp' },
    { orderId: 'd', template: 'order-rejected', messageId: 'dr' },
    { orderId: 'd', template: 'order-refunded', messageId: 'df' },
  ],
  timelines: [{ orderId: 'a', positions: [1, 2, 3], versions: [1, 2] }],
  deadLetters: [],
};

describe('the judge', () => {
  it('finds nothing in a sound run, a repeated mail included', () => {
    expect(judge(sound)).toEqual([]);
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    ['a lost order', { accepted: ['a', 'e'] }, /e was accepted and is lost/],
    ['a cancellation that nobody asked for', { cancelRequested: [] }, /c was cancelled and nobody asked/],
    [
      'a cancellation without an answer',
      { orders: sound.orders.map((o) => ({ ...o, cancellation: 'requested' })) },
      /cancellation of order a was never answered/,
    ],
    [
      'a cancellation that overtook its order',
      { orders: sound.orders.map((o) => ({ ...o, refusal: 'ORD-UNKNOWN' })) },
      /cancellation of order a came before the order/,
    ],
    [
      'a payment without an end',
      { payments: sound.payments.map((p) => (p.orderId === 'd' ? { ...p, state: 'voiding' } : p)) },
      /payment of order d is stuck in voiding/,
    ],
    [
      'a stuck order',
      { orders: sound.orders.map((o) => (o.id === 'b' ? { ...o, status: 'placed' } : o)) },
      /stuck in placed/,
    ],
    [
      'a view that lags for ever',
      { orders: sound.orders.map((o) => ({ ...o, shown: 'pending' })) },
      /shown as pending/,
    ],
    ['vanished stock', { stock: [{ sku: 'X', available: 7, reserved: 0, sold: 2 }] }, /appeared or vanished/],
    ['stock reserved for ever', { stock: [{ sku: 'X', available: 7, reserved: 1, sold: 2 }] }, /stay reserved/],
    ['stock sold twice', { stock: [{ sku: 'X', available: 6, reserved: 0, sold: 4 }] }, /4 units of X are sold/],
    ['negative stock', { stock: [{ sku: 'X', available: -1, reserved: 9, sold: 2 }] }, /negative/],
    ['an unbalanced ledger', { ledgerSums: [{ transaction: 't', sum: 1 }] }, /t does not balance/],
    ['money the ledger has not', { clearing: 0 }, /the ledger says 0/],
    ['a confirmed order that is not paid', { payments: [] }, /a is confirmed and not paid/],
    [
      'a second charge of an order',
      { charges: [...sound.charges, { key: 'k3', reference: 'a', status: 'captured', amount: 500 }] },
      /charged twice/,
    ],
    [
      'two charges of a key',
      { charges: [...sound.charges, { key: 'k2', reference: 'z', status: 'declined', amount: 1 }] },
      /two charges of key k2/,
    ],
    ['a mail that was never sent', { mails: sound.mails.slice(0, -1) }, /order-refunded of order d was never sent/],
    [
      'a mail under two ids',
      { mails: [...sound.mails, { orderId: 'a', template: 'order-placed', messageId: 'n' }] },
      /2 Message-IDs/,
    ],
    ['a gap in a timeline', { timelines: [{ orderId: 'a', positions: [1, 3], versions: [] }] }, /has a gap/],
    ['events out of order', { timelines: [{ orderId: 'a', positions: [1, 2], versions: [2, 1] }] }, /out of order/],
    ['a dead letter', { deadLetters: ['x'] }, /nobody planted: x/],
  ])('finds %s', (_name, change, fault) => {
    expect(judge({ ...sound, ...change }).join('\n')).toMatch(fault);
  });
});

import { type ParkedRow, parkedUnplanted, wronglyParked } from './parked.js';
import { type Poison, poisonCommand, poisonEvents } from './poison.js';

const event: Poison = {
  messageId: 'm',
  orderId: 'o',
  type: 'dozen.PaymentCaptured.v1',
  topic: 'billing.events',
  decisions: { orders: 'discard', gateway: 'fix' },
};
const command: Poison = {
  ...event,
  messageId: 'c',
  orderId: 'p',
  topic: 'orders.commands',
  decisions: { orders: 'left' },
};
const row = (more: Partial<ParkedRow>): ParkedRow => ({
  service: 'orders',
  topic: 'billing.events',
  messageId: 'm',
  blockedKey: 'o',
  code: 'MSG-SCHEMA',
  reason: 'no amount',
  ...more,
});

describe('what was put aside at any time', () => {
  it('may be poison where it was planted, and what waits behind it there', () => {
    const behind = row({ messageId: 'next', code: null, reason: null });
    expect(parkedUnplanted([row({}), row({ service: 'gateway' }), behind], [event])).toEqual([]);
  });

  it.each<[string, Partial<ParkedRow>]>([
    ['a message that nobody planted', { messageId: 'x' }],
    ['poison in a service that does not handle it', { service: 'billing' }],
    ['a message behind poison that failed by itself', { messageId: 'next', code: 'MSG-HANDLER' }],
    ['a message behind a key that nothing planted blocks', { messageId: 'x', blockedKey: 'other', code: null }],
    ['a message without an id', { messageId: null }],
  ])('must not be %s', (_name, more) => {
    expect(parkedUnplanted([row(more)], [event])).toHaveLength(1);
  });
});

describe('what is put aside at the end', () => {
  it('is the poison that was left', () => {
    expect(wronglyParked([row({ messageId: 'c', blockedKey: null })], [event, command])).toEqual([]);
  });

  it('must not be what was fixed or discarded, nor lack what was left', () => {
    expect(wronglyParked([row({})], [event, command])).toEqual([
      expect.stringMatching(/poison orders c is no dead letter/),
      expect.stringMatching(/orders m is still put aside/),
    ]);
  });
});

describe('poison', () => {
  it('is of the same kinds and has the same fate for the same seed', () => {
    const told = ({ type, decisions }: Poison): unknown => ({ type, decisions });
    expect(poisonEvents(7, 2).map(told)).toEqual(poisonEvents(7, 2).map(told));
    expect(told(poisonCommand(7))).toEqual(told(poisonCommand(7)));
  });

  it('of events is never left: an order behind it would be stuck', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      for (const { decisions } of poisonEvents(seed, 4)) expect(Object.values(decisions)).not.toContain('left');
    }
  });
});

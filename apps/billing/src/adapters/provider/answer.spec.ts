import { readCharge, readCharges, readPayment } from './answer.js';

const charged = (status: string, more = {}) => ({ id: 'ch_1', status, extra: 1, ...more });

describe("the provider's answer", () => {
  it.each([
    [charged('captured'), { kind: 'ChargeCaptured', reference: 'ch_1' }],
    [charged('declined', { declineCode: 'no' }), { kind: 'ChargeDeclined', reference: 'ch_1', reason: 'no' }],
    [charged('declined', { declineCode: '' }), { kind: 'ChargeDeclined', reference: 'ch_1', reason: null }],
    [charged('declined', { declineCode: 'a\0' }), { kind: 'ChargeDeclined', reference: 'ch_1', reason: 'a\uFFFD' }],
    [
      charged('declined', { declineCode: 'no'.repeat(500) }),
      { kind: 'ChargeDeclined', reference: 'ch_1', reason: 'no'.repeat(100) },
    ],
    [charged('declined'), { kind: 'ChargeDeclined', reference: 'ch_1', reason: null }],
    [charged('cancelled'), { kind: 'ChargeVoided', reference: 'ch_1' }],
    [charged('refunded'), { kind: 'ChargeRefunded', reference: 'ch_1' }],
  ])('%j is what became of a charge, also of one that was to be voided', (charge, answer) => {
    expect(readCharge(JSON.stringify(charge))).toEqual(answer);
    expect(readPayment(JSON.stringify({ key: 'k', attempts: 1, cancelled: true, charge }))).toEqual(answer);
  });

  it('is that nothing will come of a key', () => {
    expect(readPayment('{"key":"k","attempts":0,"cancelled":true}')).toEqual({ kind: 'ChargeVoided', reference: null });
  });

  it.each([
    '',
    '<html>',
    'null',
    '[]',
    '{}',
    '{"id":"","status":"captured"}',
    '{"id":"ch_1","status":"pending"}',
    '{"id":"c\\u0000","status":"captured"}',
  ])('is not read into %j: nothing is known then', (text) => {
    expect(readCharge(text)).toBeUndefined();
    expect(readPayment(text)).toBeUndefined();
  });

  it('is a list of charges, or nothing', () => {
    const row = { id: 'ch_1', key: 'k', amount: 2500, currency: 'EUR', status: 'refunded', attempts: 1 };
    expect(readCharges(JSON.stringify({ charges: [row] }))).toEqual([
      { reference: 'ch_1', idempotencyKey: 'k', amount: { amount: 2500, currency: 'EUR' }, status: 'refunded' },
    ]);
    expect(readCharges(JSON.stringify({ charges: [{ ...row, amount: -1 }] }))).toBeUndefined();
    expect(readCharges('<html>')).toBeUndefined();
  });

  it.each([
    '{"key":"k","attempts":1,"cancelled":false}',
    '{"key":"k","cancelled":true,"charge":{"id":"ch_1","status":"pending"}}',
  ])('leaves open what became of the key in %j', (text) => {
    expect(readPayment(text)).toBeUndefined();
  });
});

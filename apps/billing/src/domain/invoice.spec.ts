import fc from 'fast-check';
import { type Invoice, openInvoice, sameInvoice } from './invoice.js';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const line = fc.record({
  sku: fc.constantFrom('MUG-1', 'TEE-2'),
  name: fc.string(),
  quantity: fc.integer({ min: 1, max: 1_000 }),
  unitPrice: fc.nat({ max: 1_000_000 }).map(eur),
});

const invoice = fc.array(line, { minLength: 1, maxLength: 50 }).map((lines): Invoice => {
  const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
  return { id: 'i-1', orderId: 'o-1', customerId: 'c-1', lines, total: eur(total) };
});

describe('an invoice', () => {
  it('opens when its lines add up to its total, and only then', () => {
    fc.assert(
      fc.property(invoice, fc.integer(), (correct, off) => {
        expect(openInvoice(correct)).toBe(correct);
        const wrong = { ...correct, total: eur(correct.total.amount + (off === 0 ? 1 : off)) };
        expect(() => openInvoice(wrong)).toThrow(expect.objectContaining({ code: 'BIL-TOTAL-MISMATCH' }));
      }),
    );
  });

  it('has one currency', () => {
    const dollars = { sku: 'MUG-1', name: 'Mug', quantity: 1, unitPrice: { amount: 1, currency: 'USD' } };
    const mixed = { id: 'i-1', orderId: 'o-1', customerId: 'c-1', lines: [dollars], total: eur(1) };
    expect(() => openInvoice(mixed)).toThrow(expect.objectContaining({ code: 'MONEY-CURRENCY' }));
  });

  it('is the same under another id, and another for another customer, total or line', () => {
    fc.assert(
      fc.property(invoice, (one) => {
        expect(sameInvoice(one, { ...structuredClone(one), id: 'i-2' })).toBe(true);
        expect(sameInvoice(one, { ...one, customerId: 'c-2' })).toBe(false);
        expect(sameInvoice(one, { ...one, total: eur(one.total.amount + 1) })).toBe(false);
        expect(sameInvoice(one, { ...one, lines: one.lines.slice(1) })).toBe(false);
        const [first, ...rest] = one.lines.map((line) => ({ ...line }));
        if (first === undefined) return;
        for (const other of [{ sku: 'X' }, { name: `${first.name}!` }, { quantity: 0 }, { unitPrice: eur(-1) }]) {
          expect(sameInvoice(one, { ...one, lines: [{ ...first, ...other }, ...rest] })).toBe(false);
        }
      }),
    );
  });
});

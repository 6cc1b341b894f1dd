import { MAX_LINES, MAX_QUANTITY } from '@dozen/contracts';
import { money } from '@dozen/kernel';
import fc from 'fast-check';
import { priceOrder } from './pricing.js';
import { MAX_PRICE, type Product } from './product.js';

const products: readonly Product[] = [
  { sku: 'A', name: 'Apple', price: money(250, 'EUR') },
  { sku: 'B', name: 'Bread', price: money(399, 'EUR') },
  { sku: 'X', name: 'Xylophone', price: money(5000, 'USD') },
];
const catalogue = new Map(products.map((product) => [product.sku, product]));

describe('pricing an order', () => {
  it('multiplies the unit prices of the catalogue and adds the lines up', () => {
    const items = [
      { sku: 'B', quantity: 3 },
      { sku: 'A', quantity: 2 },
    ];
    expect(priceOrder(items, catalogue)).toEqual({
      priced: true,
      quote: {
        items: [
          { sku: 'B', name: 'Bread', quantity: 3, unitPrice: money(399, 'EUR') },
          { sku: 'A', name: 'Apple', quantity: 2, unitPrice: money(250, 'EUR') },
        ],
        total: money(1697, 'EUR'),
      },
    });
  });

  it('names every unknown SKU', () => {
    const items = ['Y', 'A', 'Z'].map((sku) => ({ sku, quantity: 1 }));
    expect(priceOrder(items, catalogue)).toEqual({
      priced: false,
      rejection: { reason: 'ORD-UNKNOWN-SKU', detail: 'Not in the catalogue: Y, Z' },
    });
  });

  it('refuses to add two currencies, and names what is not sold in that of the first line', () => {
    const items = ['A', 'X'].map((sku) => ({ sku, quantity: 1 }));
    expect(priceOrder(items, catalogue)).toEqual({
      priced: false,
      rejection: { reason: 'ORD-UNKNOWN-SKU', detail: 'Not in the catalogue at a price in EUR: X' },
    });
  });

  it('does not sell at a price that no order could add up, or in a currency that is none', () => {
    const odd = new Map<string, Product>([
      ['DEAR', { sku: 'DEAR', name: 'Dear', price: { amount: MAX_PRICE + 1, currency: 'EUR' } }],
      ['ODD', { sku: 'ODD', name: 'Odd', price: { amount: 1, currency: 'XYZ' } }],
    ]);
    const items = [...odd.keys()].map((sku) => ({ sku, quantity: 1 }));
    expect(priceOrder(items, odd)).toMatchObject({ rejection: { detail: 'Not in the catalogue: DEAR, ODD' } });
  });

  it('adds up the largest order of the dearest product', () => {
    const lines = Array.from({ length: MAX_LINES }, (_, n) => `SKU-${n}`);
    const dear = new Map(lines.map((sku) => [sku, { sku, name: 'Dear', price: money(MAX_PRICE, 'EUR') }]));
    const pricing = priceOrder(
      lines.map((sku) => ({ sku, quantity: MAX_QUANTITY })),
      dear,
    );
    expect(pricing).toMatchObject({ priced: true, quote: { total: { amount: MAX_PRICE * MAX_LINES * MAX_QUANTITY } } });
  });

  it('conserves money: splitting an order in two changes no cent of the sum', () => {
    const line = fc.record({ price: fc.nat(1_000_000), quantity: fc.integer({ min: 1, max: 1000 }) });
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 50 }), fc.nat(), (lines, cut) => {
        const skus = lines.map((_, index) => `SKU-${index}`);
        const all = new Map(
          lines.map(({ price }, i) => [`SKU-${i}`, { sku: `SKU-${i}`, name: 'n', price: money(price, 'EUR') }]),
        );
        const items = lines.map(({ quantity }, index) => ({ sku: skus[index] ?? '', quantity }));
        const at = 1 + (cut % (lines.length - 1));
        const total = (part: typeof items): number => {
          const pricing = priceOrder(part, all);
          return pricing.priced ? pricing.quote.total.amount : Number.NaN;
        };
        expect(total(items.slice(0, at)) + total(items.slice(at))).toBe(total(items));
        expect(total(items)).toBe(lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0));
      }),
    );
  });
});

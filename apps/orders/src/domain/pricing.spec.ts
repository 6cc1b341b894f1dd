import { money } from '@dozen/kernel';
import fc from 'fast-check';
import { priceOrder } from './pricing.js';
import type { Product } from './product.js';

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
      known: true,
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
    expect(priceOrder(items, catalogue)).toEqual({ known: false, unknownSkus: ['Y', 'Z'] });
  });

  it('refuses to add two currencies', () => {
    const items = ['A', 'X'].map((sku) => ({ sku, quantity: 1 }));
    expect(() => priceOrder(items, catalogue)).toThrow(expect.objectContaining({ code: 'ORD-MIXED-CURRENCIES' }));
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
          return pricing.known ? pricing.quote.total.amount : Number.NaN;
        };
        expect(total(items.slice(0, at)) + total(items.slice(at))).toBe(total(items));
        expect(total(items)).toBe(lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0));
      }),
    );
  });
});

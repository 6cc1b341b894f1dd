import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type ListedProduct, LOW_UNITS, newProduct, type ProductChange, reviseProduct } from './product.js';

const price = { amount: 1250, currency: 'EUR' };
const mug = newProduct({ sku: 'MUG', name: 'Mug', price }, 100);

const change: fc.Arbitrary<ProductChange> = fc.record(
  {
    name: fc.constantFrom('Mug', 'Blue mug'),
    price: fc.record({ amount: fc.integer({ min: 0, max: 2 }), currency: fc.constantFrom('EUR', 'CHF') }),
    withdrawn: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('a product', () => {
  it('has one version more with each change that can be seen, and none without', () => {
    const step = fc.tuple(change, fc.integer({ min: 0, max: 2 * LOW_UNITS }));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let product = mug;
        for (const [wish, available] of steps) {
          const next = reviseProduct(product, wish, available) ?? product;
          const same = isDeepStrictEqual({ ...next, version: product.version }, product);
          expect(next.version).toBe(product.version + (same ? 0 : 1));
          expect(next).toMatchObject(wish);
          expect(reviseProduct(next, wish, available)).toBeUndefined();
          product = next;
        }
      }),
    );
  });

  it.each([
    [0, 'sold-out'],
    [1, 'low'],
    [LOW_UNITS, 'low'],
    [LOW_UNITS + 1, 'in-stock'],
  ])('with %i units is %s', (available, availability) => {
    expect(newProduct(mug, available)).toMatchObject({ version: 1, availability });
  });

  it('that is withdrawn says so whatever is in stock, and comes back as what it is then', () => {
    const gone = reviseProduct(mug, { withdrawn: true }, 100) as ListedProduct;
    expect(gone).toMatchObject({ version: 2, availability: 'withdrawn' });
    expect(reviseProduct(gone, {}, 0)).toBeUndefined();
    expect(reviseProduct(gone, { withdrawn: false }, 3)).toMatchObject({ version: 3, availability: 'low' });
  });

  it('of an earlier release says its availability at the first look', () => {
    expect(reviseProduct({ ...mug, availability: undefined }, {}, 100)).toEqual({ ...mug, version: 2 });
  });
});

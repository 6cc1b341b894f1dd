import { namesOf, pluralOf, singularOf } from './names.js';

describe('a name', () => {
  it.each(['add-weight', 'AddWeight', 'add weight', 'addWeight'])('has three spellings: %s', (text) => {
    expect(namesOf(text)).toEqual({ kebab: 'add-weight', pascal: 'AddWeight', camel: 'addWeight' });
  });

  it.each([
    ['parcel', 'parcels'],
    ['delivery', 'deliveries'],
    ['box', 'boxes'],
    ['day', 'days'],
  ])('has a plural: %s, %s', (one, many) => {
    expect([pluralOf(one), singularOf(many)]).toEqual([many, one]);
  });

  it.each(['shipping', 'address'])('need not be a plural: %s', (text) => {
    expect(singularOf(text)).toBeUndefined();
  });
});

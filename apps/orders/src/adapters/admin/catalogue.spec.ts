import { MAX_PRICE } from '../../domain/product.js';
import { catalogueCommands } from './catalogue.js';

const asksForPrice = catalogueCommands.filter(({ arguments: asked }) => asked?.['amount'] !== undefined);

describe('what operators set prices with', () => {
  it('are these commands', () => {
    expect(asksForPrice.map(({ name }) => name)).toEqual(['catalogue add', 'catalogue set-price']);
  });

  it.each(asksForPrice)('$name takes no price that an order could not add up', ({ arguments: asked }) => {
    expect(asked?.['amount']?.safeParse(String(MAX_PRICE)).success).toBe(true);
    expect(asked?.['amount']?.safeParse(String(MAX_PRICE + 1)).success).toBe(false);
  });

  it.each(asksForPrice)('$name takes no currency that is none', ({ arguments: asked }) => {
    expect(asked?.['currency']?.safeParse('HUF').success).toBe(true);
    for (const code of ['XYZ', 'XAU', 'eur', 'EURO']) expect(asked?.['currency']?.safeParse(code).success).toBe(false);
  });
});

import fc from 'fast-check';
import { movementsOf } from './stock.js';

describe('a movement of stock', () => {
  it('creates and destroys no unit, whatever moves', () => {
    const moves = fc.constantFrom('reserve' as const, 'sell' as const, 'release' as const);
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 1000 }), (move, quantity) => {
        const [movement] = movementsOf(move, [{ sku: 'A', quantity }]);
        expect(movement).toBeDefined();
        const { available = 1, reserved = 1, sold = 1 } = movement ?? {};
        expect(available + reserved + sold).toBe(0);
        expect(Math.max(available, reserved, sold)).toBe(quantity);
      }),
    );
  });
});

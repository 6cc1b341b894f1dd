import { CONTRACTS } from './instances.js';
import { HANDLED } from './handled.js';

describe('the types that somebody handles', () => {
  it('are known by their contracts, those of external producers among them', () => {
    expect([...HANDLED].filter((type) => !CONTRACTS.has(type))).toEqual([]);
    expect(HANDLED).toContain('dozen.PlaceOrder.v1');
    expect(HANDLED.size).toBeGreaterThan(10);
  });
});

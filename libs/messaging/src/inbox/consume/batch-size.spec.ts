import { messagingPolicy as policy } from '../../policy.js';
import { BatchSize } from './batch-size.js';

describe('the size of a batch', () => {
  it('is half of what was too much, down to one record', () => {
    const size = new BatchSize();
    size.halve(100);
    expect(size.now).toBe(50);
    size.halve(1_000);
    expect(size.now).toBe(25);
    for (let n = 0; n < 10; n += 1) size.halve(25);
    expect(size.now).toBe(1);
  });

  it('grows by steps to what it may be, and no further', () => {
    const size = new BatchSize();
    size.halve(2);
    size.grow();
    expect(size.now).toBe(1 + policy.batchGrow);
    for (let n = 0; n < policy.batchSize; n += 1) size.grow();
    expect(size.now).toBe(policy.batchSize);
  });
});

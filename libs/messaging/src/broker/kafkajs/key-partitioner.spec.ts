import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { keyPartitioner } from './key-partitioner.js';

describe('the partition of a key', () => {
  it('is the one that kafkajs, and so every other client, chooses', () => {
    const [ours, theirs] = [keyPartitioner(), Partitioners.DefaultPartitioner()];
    const keys = fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 40 }));
    const all = Array.from({ length: 50 }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: all.length }), (key, count) => {
        const args = { topic: 'orders.events', partitionMetadata: all.slice(0, count), message: { key, value: null } };
        // Jest's own expectation, a thousand times, takes longer than what it looks at.
        if (ours(args) !== theirs(args)) throw new Error(`${ours(args)} is not ${theirs(args)}`);
      }),
      { numRuns: 1000 },
    );
  });
});

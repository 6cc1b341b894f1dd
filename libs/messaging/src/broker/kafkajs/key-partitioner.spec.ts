import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { keyPartitioner } from './key-partitioner.js';

describe('the partition of a key', () => {
  it('is the one that kafkajs, and so every other client, chooses', () => {
    const [ours, theirs] = [keyPartitioner(), Partitioners.DefaultPartitioner()];
    const keys = fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 50 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
          partitionId,
          partitionErrorCode: 0,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const args = { topic: 'orders.events', partitionMetadata, message: { key, value: null } };
        expect(ours(args)).toBe(theirs(args));
      }),
      { numRuns: 1000 },
    );
  });
});

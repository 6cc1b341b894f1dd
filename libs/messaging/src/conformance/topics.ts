import assert from 'node:assert/strict';
import type { Claim } from './case.js';
import { topicOf } from './rig.js';

export const topicClaims: readonly Claim[] = [
  {
    name: 'creates missing topics once and refuses another number of partitions',
    async holds({ broker }) {
      const declared = topicOf(3);
      assert.deepEqual(await broker.ensureTopics([declared]), [declared.name]);
      assert.deepEqual(await broker.ensureTopics([declared]), []);
      assert.equal((await broker.partitionCounts([declared.name, 'missing'])).get(declared.name), 3);
      await assert.rejects(broker.ensureTopics([{ ...declared, partitions: 4 }]), { code: 'MSG-PARTITIONS' });
    },
  },
];

import assert from 'node:assert/strict';
import { eventually } from '@dozen/kernel/testing';
import type { Claim } from './case.js';
import { record } from './rig.js';

const TOO_LARGE_BYTES = 2 * 1024 * 1024;

export const sendingClaims: readonly Claim[] = [
  {
    name: 'says MSG-REFUSED for a record that is too large, and a new session sends the next',
    async holds(rig) {
      const name = await rig.topic();
      const producer = await rig.broker.producer({ timeoutMs: 10_000 });
      const large = [record(name, 'a', 'x'.repeat(TOO_LARGE_BYTES))];
      await assert.rejects(producer.send(large, { timeoutMs: 10_000 }), { code: 'MSG-REFUSED' });
      await producer.close();
      await rig.send([record(name, 'a', 'next')]);
      const reader = await rig.read(name);
      await eventually(() => assert.deepEqual(reader.values(), ['next']));
    },
  },
];

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/kernel/testing';
import type { PartitionOffset } from '../broker/port.js';
import type { Claim } from './case.js';
import { numbered, type Reader, record } from './rig.js';

/** Offsets, and what becomes of them and of work in flight when members come and go. */
export const groupClaims: readonly Claim[] = [
  {
    name: 'starts again from what was committed, and from nothing else',
    async holds(rig) {
      const name = await rig.topic();
      const group = newId();
      await rig.send([record(name, 'a', '1'), record(name, 'a', '2'), record(name, 'a', '3')]);
      const first = await rig.read(name, group);
      await eventually(() => assert.equal(first.values().length, 3));
      const generation = first.generations.at(-1) ?? 0;
      await first.consumer.commit([{ generation, topic: name, partition: 0, offset: '1' }]);
      await first.consumer.stop();
      const second = await rig.read(name, group);
      await eventually(() => assert.deepEqual(second.values(), ['2', '3']));
    },
  },
  {
    name: 'refuses a commit of a generation that is over',
    async holds(rig) {
      const name = await rig.topic(2);
      const group = newId();
      const first = await rig.read(name, group);
      const old = first.generations.at(-1) ?? 0;
      await rig.read(name, group);
      await eventually(() => assert.ok((first.generations.at(-1) ?? 0) > old, 'its partitions have not moved'));
      const late = first.consumer.commit([{ generation: old, topic: name, partition: 0, offset: '0' }]);
      await assert.rejects(late, { code: 'MSG-STALE-EPOCH' });
    },
  },
  {
    name: 'lets a member end and commit what it has in flight before its partitions move',
    async holds(rig) {
      const name = await rig.topic(2);
      const group = newId();
      await rig.send(numbered(name, 20));
      const first = await rig.read(name, group, async (reader) => {
        await sleep(200);
        await reader.consumer.commit(endsOf(reader));
      });
      await eventually(() => assert.equal(first.values().length, 20));
      const second = await rig.read(name, group);
      await rig.send([record(name, 'k0', 'later'), record(name, 'k1', 'later'), record(name, 'k2', 'later')]);
      const both = (): string[] => [...first.values(), ...second.values()];
      await eventually(() => assert.equal(both().filter((value) => value === 'later').length, 3));
      assert.equal(both().length, 23, 'what was committed was delivered again');
    },
  },
  {
    name: 'moves the partitions of a member whose work in flight does not end',
    async holds(rig) {
      const name = await rig.topic(2);
      const group = newId();
      const first = await rig.read(name, group, () => new Promise(() => undefined));
      const second = await rig.read(name, group);
      assert.ok(second.consumer.joined);
      await eventually(() => assert.deepEqual(first.generations, [1, 2]));
    },
  },
  {
    name: 'gives the partitions of a member that leaves to the others',
    async holds(rig) {
      const name = await rig.topic(2);
      const group = newId();
      const staying = await rig.read(name, group);
      const leaving = await rig.read(name, group);
      await leaving.consumer.stop();
      const before = staying.generations.length;
      await eventually(() => {
        assert.ok(staying.generations.length >= Math.max(2, before), 'it got no new assignment');
        assert.ok(staying.consumer.joined);
      });
      await rig.send(numbered(name, 20));
      // Nothing was committed, so a rejoin may deliver again.
      await eventually(() => assert.equal(new Set(staying.values()).size, 20));
    },
  },
];

/** The offset behind each batch. */
function endsOf({ batches }: Reader): PartitionOffset[] {
  return batches.map(({ generation, topic, partition, records }) => {
    const offset = (BigInt(records.at(-1)?.offset ?? 0) + 1n).toString();
    return { generation, topic, partition, offset };
  });
}

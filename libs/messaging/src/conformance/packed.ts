import assert from 'node:assert/strict';
import { eventually } from '@dozen/kernel/testing';
import { messagingPolicy } from '../policy.js';
import type { Claim } from './case.js';
import type { ExternalProducer, ExternalRecord } from './external-producer.js';

/** Of at most so many bytes is what the port gives for a batch that it does not unpack. */
const KEPT_BYTES = 1024 * 1024;

/** What other programs write: packed, and sometimes meant to exhaust whoever unpacks it. */
export function packedClaims({ codecs }: ExternalProducer): Claim[] {
  return [
    ...[undefined, ...codecs].map(readsWhatIsPackedWith),
    ...codecs.filter(canBeABomb).map(unpacksNoBombOf),
    tooManyHeaders,
  ];
}

/** Snappy's own form has a length in front, and packs zeros to a twentieth at best: no broker would take it. */
function canBeABomb(codec: string): boolean {
  return !codec.startsWith('snappy');
}

function readsWhatIsPackedWith(codec: string | undefined): Claim {
  return {
    name: `reads what another program packed with ${codec ?? 'nothing'}`,
    async holds(rig) {
      const name = await rig.topic();
      const records = Array.from({ length: 200 }, (_, n) => ({
        key: `key-${n}`,
        value: `${n} ${'x'.repeat(n * 10)}`,
        headers: [['x-test', 'ü'] as const],
      }));
      await rig.externalProducer.send(name, records, codec);
      const reader = await rig.read(name);
      await eventually(() => assert.equal(reader.values().length, records.length));
      const received = reader.records().map(({ key, value, headers }) => ({
        key: key?.toString(),
        value: value?.toString(),
        headers,
      }));
      assert.deepEqual(
        received,
        records.map((one) => ({ ...one, headers: { 'x-test': 'ü' } })),
      );
    },
  };
}

function unpacksNoBombOf(codec: string): Claim {
  return {
    name: `unpacks no ${codec} past the bound: the batch is a value, and what follows it is read`,
    async holds(rig) {
      const name = await rig.topic();
      const bomb: ExternalRecord = { value: Buffer.alloc(messagingPolicy.unpackBytes + 1) };
      await rig.externalProducer.send(name, [{ value: 'before' }]);
      await rig.externalProducer.send(name, [{ value: 'beside' }, bomb], codec);
      await rig.externalProducer.send(name, [{ value: 'behind' }]);
      const reader = await rig.read(name);
      await eventually(() => {
        // What it comes to after the bomb may be for another batch.
        reader.doneAll();
        assert.deepEqual(reader.offsets(), ['0', '2', '3']);
      });
      const [before, packed, behind] = reader.records();
      assert.equal(before?.unreadable, undefined);
      assert.equal(packed?.key, null);
      assert.deepEqual(packed.headers, {});
      assert.equal(packed.unreadable?.firstOffset, '1');
      assert.match(packed.unreadable.reason, /unpacks to more than/);
      assert.ok((packed.value?.length ?? 0) < KEPT_BYTES, 'the bomb was unpacked');
      assert.equal(behind?.value?.toString(), 'behind');
    },
  };
}

const tooManyHeaders: Claim = {
  name: 'gives a record with more headers than it reads as a value of its own, and its neighbours as records',
  async holds(rig) {
    const name = await rig.topic();
    const headers = Array.from({ length: messagingPolicy.recordHeaders + 1 }, (_, n) => [`h${n}`, ''] as const);
    await rig.externalProducer.send(name, [{ value: 'before' }, { value: 'much', headers }, { value: 'behind' }]);
    const reader = await rig.read(name);
    await eventually(() => assert.deepEqual(reader.offsets(), ['0', '1', '2']));
    const unreadable = reader.records().map((one) => one.unreadable?.firstOffset);
    assert.deepEqual(unreadable, [undefined, '1', undefined]);
  },
};

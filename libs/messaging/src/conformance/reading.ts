import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@dozen/kernel/testing';
import { messagingPolicy } from '../policy.js';
import type { Claim } from './case.js';
import { record } from './rig.js';

export const readingClaims: readonly Claim[] = [
  {
    name: 'delivers key, value and headers, from the beginning, in the order of each key',
    async holds(rig) {
      const name = await rig.topic(4);
      const records = Array.from({ length: 200 }, (_, n) => record(name, `key-${n % 7}`, String(n)));
      await rig.send(records);
      const reader = await rig.read(name);
      await eventually(() => assert.equal(reader.values().length, 200));
      const received = reader.records();
      assert.deepEqual(received[0]?.headers, { 'x-test': 'ü' });
      for (let key = 0; key < 7; key += 1) {
        const of = received.filter((one) => one.key?.toString() === `key-${key}`).map(({ value }) => value?.toString());
        const sent = records.filter((one) => one.key === `key-${key}`).map(({ value }) => value);
        assert.deepEqual(of, sent);
      }
    },
  },
  {
    name: 'says the time of each record',
    async holds(rig) {
      const name = await rig.topic();
      const before = Date.now();
      await rig.send([record(name, 'key', 'now')]);
      await rig.externalProducer.send(name, [
        { value: 'first', timestamp: 1_000_000 },
        { value: 'later', timestamp: 1_000_005 },
      ]);
      const reader = await rig.read(name);
      await eventually(() => {
        reader.doneAll();
        assert.deepEqual(reader.values(), ['now', 'first', 'later']);
      });
      const [now = 0, ...given] = reader.records().map(({ timestamp }) => timestamp);
      assert.ok(before <= now && now <= Date.now(), `${now} is not the time of sending`);
      assert.deepEqual(given, [1_000_000, 1_000_005]);
    },
  },
  {
    name: 'reads a partition ahead of what is in flight, up to as many records as a transaction takes',
    async holds(rig) {
      const name = await rig.topic();
      await rig.send([record(name, 'a', '1')]);
      const reader = await rig.read(name);
      await eventually(() => assert.deepEqual(reader.values(), ['1']));
      const many = Array.from({ length: messagingPolicy.batchSize }, (_, n) => record(name, 'a', String(n + 2)));
      await rig.send(many);
      await eventually(() => assert.equal(reader.values().length, many.length + 1));
      await rig.send([record(name, 'a', 'behind')]);
      await sleep(500);
      assert.ok(!reader.values().includes('behind'), 'it read on although nothing was done');
      reader.doneAll();
      await eventually(() => assert.equal(reader.values().at(-1), 'behind'));
    },
  },
];

import { ProgressWatch } from '@dozen/shutdown';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { newId } from '@dozen/kernel';
import type { FetchedRecord } from '../src/broker/port.js';
import { BlockedPartitions } from '../src/inbox/consume/blocked-partitions.js';
import { CrashIsolation } from '../src/inbox/crash/isolation.js';
import { BatchDispatcher } from '../src/inbox/consume/batch-dispatcher.js';
import { ConsumerMembers } from '../src/inbox/crash/members.js';
import { ParkedQueue } from '../src/inbox/retry/parked-queue.js';
import { messagingPolicy } from '../src/policy.js';
import { consumerOn, Noted, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterAll(() => rig.close());

const infrastructure = () => Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' });

/** A process of the consumer that gets these records; how it ended. */
function runProcess(consumer: string, records: readonly FetchedRecord[]): Promise<number | NodeJS.Signals | null> {
  const path = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  const given = records.map(({ key, value, ...record }) => ({
    ...record,
    key: key?.toString(),
    value: value?.toString(),
  }));
  const child = spawn(
    process.execPath,
    [
      ...['--conditions=@dozen/source', '--import', path('source-hooks.mjs'), path('crashing.ts')],
      ...[rig.url, consumer, JSON.stringify(given)],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
}

/** As if the time had passed after which a silent member counts as ended. */
async function expireMembers(consumer: string): Promise<number> {
  const [, expired]: [unknown, number] = await rig.dataSource.query(
    "UPDATE messaging.consumer_members SET expires_at = now() - interval '1 second' WHERE consumer = $1",
    [consumer],
  );
  return expired;
}

/** The start of a partition in this process, after another one of its consumer has ended uncleanly. */
async function afterUncleanEnd(
  c: ReturnType<typeof consumerOn>,
  members = new ConsumerMembers(c),
): Promise<() => CrashIsolation> {
  await rig.dataSource.query("INSERT INTO messaging.consumer_members VALUES ($1, $2, now() - interval '1 second')", [
    newId(),
    c.consumer,
  ]);
  return () => new CrashIsolation({ ...c, members });
}

/** For tests that ask nothing about progress, and stop nothing. */
const unheard = { advanced: (): void => undefined, signal: new AbortController().signal };

const attemptsOf = (consumer: string): Promise<{ attempts: number }[]> =>
  rig.dataSource.query('SELECT attempts, "offset" FROM messaging.attempts WHERE consumer = $1', [consumer]);

describe('a message that ends its process', () => {
  it('is parked after as many attempts as the policy allows; what is beside it is handled, what is behind it waits', async () => {
    const consumer = `killed-${newId()}`;
    const [key, other] = [newId(), newId()];
    const records = [
      recordOf(Noted, { key: other, n: 1, say: 'ok' }),
      recordOf(Noted, { key, n: 2, say: 'kill' }),
      recordOf(Noted, { key, n: 3, say: 'ok' }),
      recordOf(Noted, { key: other, n: 4, say: 'ok' }),
    ];
    // The first end comes out of the blue: a whole batch in one transaction, and nothing of it is left.
    expect(await runProcess(consumer, records)).toBe('SIGKILL');
    expect(await rig.effects(consumer)).toEqual([]);
    for (let attempt = 1; attempt <= messagingPolicy.crashAttempts; attempt += 1) {
      expect(await expireMembers(consumer)).toBe(attempt);
      expect(await runProcess(consumer, records)).toBe('SIGKILL');
      expect(await attemptsOf(consumer)).toMatchObject([{ attempts: attempt, offset: records[1]?.offset }]);
    }
    await expireMembers(consumer);
    expect(await runProcess(consumer, records)).toBe(0);
    expect((await rig.effects(consumer)).map(({ n }) => n)).toEqual([1, 4]);
    expect(await rig.parked(consumer)).toMatchObject([
      { state: 'dead', code: 'MSG-CRASH', attempts: messagingPolicy.crashAttempts, blockedKey: key, waiting: 1 },
      { state: 'waiting' },
    ]);

    // Replayed by an admin process that it ends, too, it is no consumer's again.
    const c = consumerOn({ consumer, dataSource: rig.dataSource });
    const [letter] = await rig.parked(consumer);
    const queue = new ParkedQueue(c);
    await queue.begin(letter?.id ?? '');
    await rig.dataSource.query('UPDATE messaging.parked_messages SET retry_at = now() WHERE id = $1', [letter?.id]);
    expect(await queue.beginDue(1)).toMatchObject({ started: [], crashed: [{ id: letter?.id }] });
  });

  it('is looked for only after an unclean end: a clean stop leaves no trace', async () => {
    const consumer = `clean-${newId()}`;
    expect(await runProcess(consumer, [recordOf(Noted, { key: newId(), n: 1, say: 'ok' })])).toBe(0);
    expect(await expireMembers(consumer)).toBe(0);
    const c = consumerOn({ consumer, dataSource: rig.dataSource });
    const members = new ConsumerMembers(c);
    await members.join();
    await new CrashIsolation({ ...c, members }).process([recordOf(Noted, { key: newId(), n: 2 })], unheard);
    await members.leave();
    expect(await attemptsOf(consumer)).toEqual([]);
  });
});

describe('the first messages after an unclean end', () => {
  it('are handled singly, each after a committed note; those that are known already get none', async () => {
    const seen: unknown[] = [];
    const consumer = `isolated-${newId()}`;
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      before: async ({ n }) => {
        seen.push([n, (await attemptsOf(consumer)).length, (await rig.effects(consumer)).length]);
      },
    });
    const records = [1, 2, 3].map((n) => recordOf(Noted, { key: newId(), n }));
    await c.processor.process(records.slice(0, 1));
    seen.length = 0;
    const start = await afterUncleanEnd(c);
    await start().process(records, unheard);
    // Each finds its note, and the effects of those before it committed.
    expect(seen).toEqual([
      [2, 1, 1],
      [3, 1, 2],
    ]);
  });

  it('are progress one by one, however long all of them take', async () => {
    let now = 0;
    const progress = new ProgressWatch({ stalledAfterMs: 1000, now: () => now });
    const seen: boolean[] = [];
    const c = consumerOn({
      dataSource: rig.dataSource,
      before: () => {
        now += 600;
        seen.push(progress.check().ok);
      },
    });
    const start = await afterUncleanEnd(c);
    const dispatcher = new BatchDispatcher({
      process: (records) => c.processor.process(records),
      isolate: start,
      progress,
      blocked: new BlockedPartitions(),
      logger: c.logger,
    });
    const records = [1, 2, 3, 4].map((n) => recordOf(Noted, { key: newId(), n }));
    const done = Promise.withResolvers<undefined>();
    const batch = { generation: 1, topic: Noted.topic.name, partition: 0, records };
    dispatcher.push(batch, { handled: () => undefined, done: () => done.resolve(undefined) });
    await done.promise;
    expect(seen).toEqual([true, true, true, true]);
    await dispatcher.finish();
  });

  it('do not count an outage as an attempt, however often it interrupts them', async () => {
    let outages = messagingPolicy.crashAttempts + 2;
    const c = consumerOn({
      dataSource: rig.dataSource,
      before: () => {
        if (outages === 0) return;
        outages -= 1;
        throw infrastructure();
      },
    });
    const record = recordOf(Noted, { key: newId(), n: 1 });
    const start = (await afterUncleanEnd(c))();
    while (outages > 0) await expect(start.process([record], unheard)).rejects.toThrow('terminating');
    await start.process([record], unheard);
    expect(await rig.effects(c.consumer)).toHaveLength(1);
    expect(await attemptsOf(c.consumer)).toMatchObject([{ attempts: 1 }]);
  });

  it('are as many as a batch holds, and then batches are whole again', async () => {
    const open = { now: 0, most: 0 };
    const c = consumerOn({
      dataSource: rig.dataSource,
      before: async () => {
        open.now += 1;
        open.most = Math.max(open.most, open.now);
        await Promise.resolve();
        open.now -= 1;
      },
    });
    const some = (count: number) => Array.from({ length: count }, (_, n) => recordOf(Noted, { key: newId(), n }));
    const start = (await afterUncleanEnd(c))();
    // In one call: those that are left over of it are together, and none before them was.
    await start.process(some(messagingPolicy.batchSize + 5), unheard);
    expect(open.most).toBe(5);
  });

  it('end with the record in flight when the partition is to stop, and say how far they came', async () => {
    const stopping = new AbortController();
    const c = consumerOn({
      dataSource: rig.dataSource,
      before: ({ n }) => {
        if (n === 2) stopping.abort();
      },
    });
    const records = [1, 2, 3, 4].map((n) => recordOf(Noted, { key: newId(), n }));
    const start = (await afterUncleanEnd(c))();
    const turn = { ...unheard, signal: stopping.signal };
    expect(await start.process(records, turn)).toBe(2);
    expect((await rig.effects(c.consumer)).map(({ n }) => n)).toEqual([1, 2]);
    expect(await start.process(records.slice(2), turn)).toBe(0);
  });
});

describe('an attempt counts only when its process ended uncleanly', () => {
  /** More than make a dead letter. */
  const MANY = messagingPolicy.crashAttempts + 2;

  /** A consumer with one message, whose handler is interrupted until it `works`. */
  function interrupted() {
    const state = { works: false };
    const c = consumerOn({
      dataSource: rig.dataSource,
      before: () => {
        if (!state.works) throw infrastructure();
      },
    });
    const record = recordOf(Noted, { key: newId(), n: 1 });
    return {
      c,
      /** A partition is assigned to the member and taken away again, with the message in flight. */
      async assigned(members: ConsumerMembers): Promise<void> {
        const start = await afterUncleanEnd(c, members);
        await expect(start().process([record], unheard)).rejects.toThrow('terminating');
      },
      async isHandled(): Promise<void> {
        state.works = true;
        await (await afterUncleanEnd(c))().process([record], unheard);
        expect(await rig.parked(c.consumer)).toEqual([]);
        expect(await rig.effects(c.consumer)).toHaveLength(1);
      },
    };
  }

  it('not when its partition went to and fro between processes that live', async () => {
    const { c, assigned, isHandled } = interrupted();
    const members = [new ConsumerMembers(c), new ConsumerMembers(c)] as const;
    for (const member of members) await member.join();
    for (let turn = 0; turn < MANY; turn += 1) {
      for (const member of members) await assigned(member);
    }
    await isHandled();
    for (const member of members) await member.leave();
  });

  it('not when it came back to the same process', async () => {
    const { c, assigned, isHandled } = interrupted();
    const members = new ConsumerMembers(c);
    for (let turn = 0; turn < MANY; turn += 1) await assigned(members);
    await isHandled();
  });

  it('not when its process had stopped cleanly, as in a deploy', async () => {
    const { c, assigned, isHandled } = interrupted();
    for (let turn = 0; turn < MANY; turn += 1) {
      const members = new ConsumerMembers(c);
      await members.join();
      await assigned(members);
      await members.leave();
    }
    await isHandled();
  });

  it('not after an outage of the database, in which nobody could renew: who lives does so', async () => {
    const { c, assigned, isHandled } = interrupted();
    const members = new ConsumerMembers(c);
    await members.join();
    await assigned(members);
    const other = new ConsumerMembers(c);
    await expireMembers(c.consumer);
    await assigned(other);
    expect(await attemptsOf(c.consumer)).toMatchObject([{ attempts: 1 }]);
    await isHandled();
    await members.leave();
  });

  it('but it does when its process gave the partition up because nothing moved', async () => {
    const { c, assigned } = interrupted();
    const members = new ConsumerMembers(c);
    await members.join();
    await assigned(members);
    await members.leaveUncleanly();
    await assigned(new ConsumerMembers(c));
    expect(await attemptsOf(c.consumer)).toMatchObject([{ attempts: 2 }]);
  });
});

import { randomBytes } from 'node:crypto';
import { isInfrastructureError } from '@dozen/database';
import { newId } from '@dozen/kernel';
import fc from 'fast-check';
import type { FetchedRecord } from '../src/broker/port.js';
import { ParkedQueue } from '../src/inbox/retry/parked-queue.js';
import { AttemptRunner } from '../src/inbox/retry/attempt-runner.js';
import { concludeAttempt } from '../src/inbox/retry/scheduler.js';
import {
  failingHandlers,
  type Fault,
  faults,
  installFaults,
  isOutage,
  isPermanent,
  typeMeeting,
} from './support/faults.js';
import { consumerOn, DoNote, Noted, parkingRig, recordOf } from './support/parking-rig.js';

/** More for a long look: MESSAGE_ERRORS=2000. */
const RUNS = Number(process.env['MESSAGE_ERRORS'] ?? 50);

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
  await installFaults(rig.dataSource);
});

afterAll(() => rig.close());

interface Sent {
  readonly key: number;
  readonly fault: Fault | undefined;
}

const plans = fc.array(
  fc.record({ key: fc.integer({ min: 0, max: 2 }), fault: fc.option(faults, { nil: undefined }) }),
  { minLength: 1, maxLength: 6 },
);

/** One consumer, what its log holds, and which faults are there at the moment. */
async function systemOf(plan: readonly Sent[]) {
  const present = new Map(plan.flatMap(({ fault }, n) => (fault === undefined ? [] : [[n, fault] as const])));
  const consumer = `e-${newId()}`;
  const options = consumerOn({
    consumer,
    dataSource: rig.dataSource,
    retryDelaysMs: [0],
    handlers: failingHandlers(consumer, (n) => present.get(n)),
  });
  const records = plan.map(({ key, fault }, n) =>
    recordOf(Noted, { key: `k${key}`, n, say: 'ok' }, { headers: { ce_type: typeMeeting(fault) } }),
  );
  for (const [n, { place, kind }] of present) {
    const id = records[n]?.headers['ce_id'];
    await rig.dataSource.query('INSERT INTO failing VALUES ($1, $2, $3, $4, $5)', [consumer, place, id, n, kind]);
  }
  return {
    ...options,
    records,
    async heal(which: (fault: Fault) => boolean): Promise<void> {
      for (const [n, fault] of [...present]) {
        if (!which(fault)) continue;
        present.delete(n);
        await rig.dataSource.query('DELETE FROM failing WHERE consumer = $1 AND n = $2', [consumer, n]);
      }
    },
  };
}
type System = Awaited<ReturnType<typeof systemOf>>;

/** As a partition does: again and again while it fails. An outage ends after a while, and nothing else may keep it. */
async function consume({ processor, records, heal }: System): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await processor.process(records);
      return;
    } catch (error) {
      if (!isInfrastructureError(error) || tries > 2) throw error;
      if (tries === 2) await heal(isOutage);
    }
  }
}

async function retry(system: System): Promise<void> {
  const [queue, runner] = [new ParkedQueue(system), new AttemptRunner(system)];
  for (;;) {
    const { started } = await queue.beginDue(1);
    if (started.length === 0) return;
    for (const attempt of started) {
      const outcome = await runner.run(attempt);
      await concludeAttempt({ queue, attempt, outcome, options: system });
    }
  }
}

/** Of each key the messages up to the first that cannot be handled, in order. */
function expected(plan: readonly Sent[]): Record<string, number[]> {
  const stuck = new Set<number>();
  const handled = plan.flatMap(({ key, fault }, n) => {
    if (fault !== undefined && !isOutage(fault) && (!fault.heals || isPermanent(fault))) stuck.add(key);
    return stuck.has(key) ? [] : [{ key: `k${key}`, n }];
  });
  return inOrder(Map.groupBy(handled, ({ key }) => key));
}

function inOrder(effects: ReadonlyMap<string, readonly { n: number }[]>): Record<string, number[]> {
  return Object.fromEntries([...effects].map(([key, of]) => [key, of.map(({ n }) => n)]));
}

describe('whatever is thrown, and wherever', () => {
  it(
    'a message is handled once or is a dead letter; only an outage makes it wait, and it is handled after that',
    async () => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const system = await systemOf(plan);
          await consume(system);
          await system.heal((fault) => isOutage(fault) || (fault.heals && !isPermanent(fault)));
          await retry(system);
          const handled = Map.groupBy(await rig.effects(system.consumer), ({ key }) => key);
          expect(inOrder(handled)).toEqual(expected(plan));
          const parked = Map.groupBy(await rig.parked(system.consumer), ({ blockedKey }) => blockedKey);
          const all = [...handled.values(), ...parked.values()].flat();
          expect(all).toHaveLength(plan.length);
          // The first of its key is a dead letter; the others wait behind it, whatever they have failed of already.
          expect([...parked.values()].map(([first]) => first?.state).filter((state) => state !== 'dead')).toEqual([]);
        }),
        { numRuns: RUNS, examples: EXAMPLES.map((plan) => [plan]) },
      );
    },
    60_000 + RUNS * 500,
  );
});

const one = (place: Fault['place'], kind: string): Sent => ({ key: 0, fault: { place, kind, heals: false } });
const good: Sent = { key: 1, fault: undefined };
/** Each place once, whatever the seed is. */
const EXAMPLES: Sent[][] = [
  [one('key', 'error'), good],
  [one('schema', 'error'), good],
  [one('upcast', 'error'), good],
  [one('locks', 'refused'), good],
  [one('handler', 'bigint'), good],
  [one('batch', 'bare'), good],
  [one('statement', '0ZZZZ'), good],
  [one('claim', '23514'), good],
  [one('commit', 'P0001'), good],
];

describe('a record that is hard to put aside', () => {
  const parkedOnce = async (record: FetchedRecord): Promise<void> => {
    const c = consumerOn({ dataSource: rig.dataSource });
    await c.processor.process([record, recordOf(Noted, { key: newId(), n: 1 })]);
    expect(await rig.parked(c.consumer)).toHaveLength(1);
    expect(await rig.effects(c.consumer)).toHaveLength(1);
  };

  it.each([
    ['longer than an index takes', Buffer.from(randomBytes(6000).toString('base64'))],
    ['of bytes that are no text', Buffer.from([0, 0xff, 0xd8, 0])],
  ])('has a key %s', async (_what, key) => {
    await parkedOnce({ ...recordOf(Noted, { key: 'k', n: 2 }), key });
  });

  it('has headers that PostgreSQL does not take as text', async () => {
    const headers = { ce_type: 'a\0b', ce_id: '\0', correlationid: '\0', x: '\uD800' };
    await parkedOnce(recordOf(DoNote, { key: 'k', n: 2 }, { headers }));
  });
});

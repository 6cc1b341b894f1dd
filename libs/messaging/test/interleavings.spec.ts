import { isInfrastructureError } from '@dozen/database';
import { DozenError, newId } from '@dozen/kernel';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { FetchedRecord } from '../src/broker/port.js';
import { ParkedQueue } from '../src/inbox/retry/parked-queue.js';
import { AttemptRunner } from '../src/inbox/retry/attempt-runner.js';
import { concludeAttempt } from '../src/inbox/retry/scheduler.js';
import { discardMessage, fixMessage, listDeadLetters, replayMessage } from '../src/index.js';
import { type Choose, Interleaver, scripted } from './support/interleaver.js';
import { Billed, consumerOn, DoNote, type Note, Noted, parkingRig, recordOf } from './support/parking-rig.js';

/** More for a long look: INTERLEAVINGS=1000. */
const RUNS = Number(process.env['INTERLEAVINGS'] ?? 30);
const ACTORS = ['a', 'b', 'scheduler', 'operator'] as const;
const TYPES = [Noted, Billed, DoNote] as const;

interface Sent {
  /** Index of TYPES; each type has a topic of its own. */
  readonly type: number;
  readonly key: number;
  /** How often its handler fails; `broken` for ever, until somebody fixes it. */
  readonly fails: number;
  readonly broken: boolean;
}

interface Plan {
  readonly sent: readonly Sent[];
  /** Which topic a consumer reads next, and how many records at once. */
  readonly reads: readonly (readonly { type: number; size: number }[])[];
  readonly decisions: readonly ('fix' | 'replay' | 'discard')[];
  readonly choices: readonly number[];
}

const nat = (max: number) => fc.integer({ min: 0, max });
const plans: fc.Arbitrary<Plan> = fc.record({
  sent: fc.array(
    fc.record({
      type: fc.constantFrom(0, 0, 0, 1, 1, 2),
      key: nat(1),
      fails: fc.constantFrom(0, 0, 1, 1, 2, 3),
      broken: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 3, maxLength: 9 },
  ),
  reads: fc.tuple(
    fc.array(fc.record({ type: nat(1), size: fc.integer({ min: 1, max: 3 }) }), { maxLength: 4 }),
    fc.array(fc.record({ type: nat(1), size: fc.integer({ min: 1, max: 3 }) }), { maxLength: 4 }),
  ),
  decisions: fc.array(fc.constantFrom('fix', 'replay', 'discard'), { maxLength: 4 }),
  choices: fc.array(nat(59), { minLength: 60, maxLength: 200 }),
});

let rig: Awaited<ReturnType<typeof parkingRig>>;
let interleaver: Interleaver;
const sources = new Map<string, DataSource>();

beforeAll(async () => {
  rig = await parkingRig();
  interleaver = new Interleaver(rig.dataSource);
  for (const name of ACTORS) {
    const source = await rig.connect(2);
    sources.set(name, source);
    interleaver.watch(name, source);
  }
});

afterAll(() => rig.close());

/** One system for one plan: its consumer's name is new, so that plans do not meet. */
function systemOf(plan: Plan) {
  const consumer = `i-${newId()}`;
  const failsLeft = new Map(plan.sent.map(({ fails }, n) => [n, fails]));
  const before = ({ n, say }: Note): void => {
    if (say === 'broken') throw new DozenError('TST-BROKEN', 'never', { permanent: true });
    const left = failsLeft.get(n) ?? 0;
    failsLeft.set(n, left - 1);
    if (left > 0) throw new DozenError('TST-BAD', 'not yet');
  };
  const on = (dataSource: DataSource) => consumerOn({ consumer, dataSource, retryDelaysMs: [0, 0], before });
  const log = TYPES.map((type, index) =>
    plan.sent.flatMap((message, n): FetchedRecord[] => {
      const payload = { key: `k${message.key}`, n, say: message.broken ? 'broken' : 'ok' };
      return message.type === index ? [recordOf(type, payload)] : [];
    }),
  );
  return { consumer, on, log, of: (name: (typeof ACTORS)[number]) => on(sources.get(name) ?? rig.dataSource) };
}
type System = ReturnType<typeof systemOf>;

/** Reads all topics from the start, as the plan says and then the rest. The other one does, too: neither knows of it. */
async function consume(system: System, name: 'a' | 'b', reads: Plan['reads'][number]): Promise<void> {
  const { processor } = system.of(name);
  const rest = system.log.map((records) => [...records]);
  const read = async (type: number, size: number): Promise<void> => {
    const records = rest[type]?.splice(0, size) ?? [];
    if (records.length > 0) await untilItWorks(() => processor.process(records));
  };
  for (const { type, size } of reads) await read(type, size);
  for (const type of rest.keys()) await read(type, Infinity);
}

async function retry(system: System, name: (typeof ACTORS)[number], rounds: number): Promise<void> {
  const options = system.of(name);
  const [queue, runner] = [new ParkedQueue(options), new AttemptRunner(options)];
  for (let round = 0; round < rounds; round += 1) {
    const { started } = await untilItWorks(() => queue.beginDue(1));
    for (const attempt of started) {
      const outcome = await runner.run(attempt);
      await untilItWorks(() => concludeAttempt({ queue, attempt, outcome, options }));
    }
  }
}

/** Decides about the oldest dead letter, if there is one. Somebody else may be faster. */
async function decide(system: System, name: (typeof ACTORS)[number], decision: Plan['decisions'][number]) {
  const options = system.of(name);
  const letters = await listDeadLetters(options.dataSource, { limit: 1_000 });
  const letter = letters.find(({ consumer }) => consumer === system.consumer);
  if (letter === undefined) return;
  const { id } = letter;
  const note = { by: 'ada', why: 'a test' };
  try {
    if (decision === 'discard') await discardMessage(options.dataSource, { id, ...note });
    if (decision === 'replay') await replayMessage(options, id);
    if (decision === 'fix') {
      const [row]: { payload: Buffer }[] = await options.dataSource.query(
        'SELECT payload FROM messaging.parked_messages WHERE id = $1',
        [id],
      );
      if (row === undefined) return;
      const payload = Buffer.from(JSON.stringify({ ...(JSON.parse(row.payload.toString()) as Note), say: 'ok' }));
      await fixMessage(options, { id, payload, ...note });
    }
  } catch (error) {
    const late = error instanceof DozenError && ['MSG-NOT-FOUND', 'MSG-BEHIND', 'MSG-IN-HAND'].includes(error.code);
    if (!late && !isInfrastructureError(error)) throw error;
  }
}

async function untilItWorks<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isInfrastructureError(error)) throw error;
    }
  }
}

/** What must hold after every statement, whoever made it. */
async function checkParking(consumer: string): Promise<void> {
  const faults: { fault: string }[] = await rig.dataSource.query(
    `SELECT 'blocked with nothing parked: ' || key AS fault FROM messaging.parked_keys AS k
     WHERE consumer = $1 AND NOT EXISTS (
       SELECT FROM messaging.parked_messages AS p WHERE p.consumer = $1 AND p.held_key = k.key)
     UNION ALL
     SELECT 'parked behind no key: ' || id FROM messaging.parked_messages AS p
     WHERE consumer = $1 AND held_key IS NOT NULL AND NOT EXISTS (
       SELECT FROM messaging.parked_keys AS k WHERE k.consumer = $1 AND k.key = p.held_key)
     UNION ALL
     SELECT 'first of its key, and nobody would take it: ' || id FROM messaging.parked_messages AS p
     WHERE consumer = $1 AND code IS NULL AND retry_at IS NULL AND NOT EXISTS (
       SELECT FROM messaging.parked_messages AS q WHERE q.consumer = $1 AND q.held_key = p.held_key AND q.id < p.id)`,
    [consumer],
  );
  if (faults.length > 0) throw new Error(faults.map(({ fault }) => fault).join('; '));
}

/** Nobody else is there any more: retries run out, and the operator fixes and replays what is left. */
async function finish(system: System): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    await rig.dataSource.query(
      'UPDATE messaging.parked_messages SET retry_at = now() WHERE consumer = $1 AND retry_at > now() AND begun_at IS NULL',
      [system.consumer],
    );
    await retry(system, 'scheduler', 1);
    await checkParking(system.consumer);
    const [first] = await rig.parked(system.consumer);
    if (first === undefined) return;
    if (first.state !== 'dead') continue;
    await decide(system, 'operator', 'fix');
    await decide(system, 'operator', 'replay');
  }
  throw new Error(`still parked: ${JSON.stringify(await rig.parked(system.consumer))}`);
}

async function judge({ consumer }: System, { sent }: Plan): Promise<void> {
  const effects: { topic: string; key: string; n: number }[] = await rig.dataSource.query(
    'SELECT topic, key, n FROM effects WHERE consumer = $1 ORDER BY id',
    [consumer],
  );
  const discarded: { offset: string; topic: string }[] = await rig.dataSource.query(
    `SELECT facts ->> 'offset' AS "offset", facts ->> 'topic' AS topic FROM messaging.decisions
     WHERE decision = 'discard' AND facts ->> 'consumer' = $1`,
    [consumer],
  );
  const handled = effects.map(({ n }) => n).sort((x, y) => x - y);
  expect(new Set(handled).size).toBe(handled.length);
  expect(handled.length + discarded.length).toBe(sent.length);
  for (const [type, contract] of TYPES.entries()) {
    if (contract.kind === 'command') continue;
    for (const key of [0, 1]) {
      const order = effects.filter((row) => row.topic === contract.topic.name && row.key === `k${key}`);
      const expected = sent.flatMap((message, n) =>
        message.type === type && message.key === key && handled.includes(n) ? [n] : [],
      );
      expect(order.map(({ n }) => n)).toEqual(expected);
    }
  }
}

/** One message type and key; whatever the decoder lets through fails until told otherwise. */
function small() {
  const system = systemOf({ sent: [], reads: [], decisions: [], choices: [] });
  const bad = (n: number) => recordOf(Noted, { key: 'k0', n, say: 'broken' });
  const good = (n: number, type = Noted) => recordOf(type, { key: 'k0', n });
  const process = (name: 'a' | 'b', records: readonly FetchedRecord[]) => () =>
    untilItWorks(() => system.of(name).processor.process(records));
  const states = async () => (await rig.parked(system.consumer)).map(({ state }) => state);
  const effects = async () => (await rig.effects(system.consumer)).map(({ n }) => n);
  const run = (work: Parameters<Interleaver['run']>[0], choose: Choose) =>
    interleaver.run(work, { choose, afterStep: () => checkParking(system.consumer) });
  return { system, bad, good, process, states, effects, run };
}

describe('each of the known races, statement by statement', () => {
  it('a redelivery that overlaps with parking parks what follows: keys are looked up after the claims', async () => {
    const { bad, good, process, states, effects, run } = small();
    const [first, second] = [bad(1), good(2)];
    await run(
      { a: process('a', [first]), b: process('b', [first, second]) },
      scripted([{ actor: 'a', before: /^COMMIT/ }, { actor: 'b' }, { actor: 'a' }, { actor: 'b' }]),
    );
    expect(await effects()).toEqual([]);
    expect(await states()).toEqual(['dead', 'waiting']);
  });

  it('a consumer cannot park behind a message that is just retried: the attempt locks the key', async () => {
    const { system, bad, good, process, effects, run } = small();
    await process('b', [bad(1)])();
    await decide(system, 'operator', 'fix');
    await run(
      { operator: () => decide(system, 'operator', 'replay'), a: process('a', [good(2)]) },
      scripted([
        { actor: 'operator', before: /^DELETE FROM messaging.parked_messages/ },
        { actor: 'a', before: /^COMMIT/ },
        { actor: 'operator' },
        { actor: 'a' },
      ]),
    );
    await finish(system);
    expect(await effects()).toEqual([1, 2]);
  });

  it('a failure is parked behind no key that is just freed: parking locks the key', async () => {
    const { system, bad, process, run } = small();
    const other = recordOf(Billed, { key: 'k0', n: 3, say: 'broken' });
    await run(
      {
        a: process('a', [bad(1)]),
        b: process('b', [other]),
        operator: () => decide(system, 'operator', 'discard'),
      },
      scripted([
        { actor: 'a', before: /^INSERT INTO messaging.parked_keys/ },
        { actor: 'b' },
        { actor: 'a', before: /^COMMIT/ },
        { actor: 'operator' },
        { actor: 'a' },
        { actor: 'operator' },
      ]),
    );
    expect(await rig.parked(system.consumer)).toMatchObject([{ state: 'dead', attempts: 1 }]);
  });

  it('a message waits behind no key that is just freed: looking a key up locks it', async () => {
    const { system, bad, good, process, effects, run } = small();
    await process('b', [bad(1)])();
    await run(
      { a: process('a', [good(2)]), operator: () => decide(system, 'operator', 'discard') },
      scripted([
        { actor: 'a', before: /^INSERT INTO messaging.parked_messages/ },
        { actor: 'operator' },
        { actor: 'a' },
        { actor: 'operator' },
      ]),
    );
    await finish(system);
    expect(await effects()).toEqual([2]);
  });

  it('two attempts at one message have one effect: the later finds the row locked, then gone', async () => {
    const { system, bad, process, effects, run } = small();
    await process('b', [bad(1)])();
    await decide(system, 'operator', 'fix');
    const [letter] = await rig.parked(system.consumer);
    const attempt = await new ParkedQueue(system.of('a')).begin(letter?.id ?? '');
    if (attempt === undefined) throw new Error('nothing started');
    // Both believe that the attempt is theirs.
    const again = (name: 'a' | 'b') => async () => {
      await new AttemptRunner(system.of(name)).run(attempt);
    };
    await run({ a: again('a'), b: again('b') }, scripted([{ actor: 'a', before: /^COMMIT/ }, { actor: 'b' }]));
    expect(await effects()).toEqual([1]);
  });
});

describe('two consumers, a scheduler and an operator, one statement at a time', () => {
  it('handle or discard every message once, in the order of its key, and leave nothing blocked', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const system = systemOf(plan);
        let at = 0;
        await interleaver.run(
          {
            a: () => consume(system, 'a', plan.reads[0] ?? []),
            b: () => consume(system, 'b', plan.reads[1] ?? []),
            scheduler: () => retry(system, 'scheduler', 6),
            operator: async () => {
              for (const decision of plan.decisions) await decide(system, 'operator', decision);
            },
          },
          {
            choose: (ready) => ready[(plan.choices[at++ % plan.choices.length] ?? 0) % ready.length],
            afterStep: () => checkParking(system.consumer),
          },
        );
        await finish(system);
        await judge(system, plan);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 300_000);
});

import { DozenError, type MessageContract, newId } from '@dozen/kernel';
import { listDeadLetters, type OutgoingRecord } from '../src/index.js';
import { eventually } from '@dozen/testing';
import { contractOn, messagingHarness, type Note, topicNamed, writing } from './harness.js';
import { recordOf, sendTo } from './support/records.js';

let h: Awaited<ReturnType<typeof messagingHarness>>;
let Noted: MessageContract<Note>;
let DoNote: MessageContract<Note>;

beforeAll(async () => {
  h = await messagingHarness([]);
  h.relay.start();
});

beforeEach(async () => {
  const [events, commands] = [topicNamed('events'), topicNamed('commands', 'command')];
  await h.broker.ensureTopics([events, commands]);
  Noted = contractOn(events, 'Noted');
  DoNote = contractOn(commands, 'DoNote');
});

afterEach(() => h.stopConsumers());

afterAll(() => h.close());

const send = (records: readonly OutgoingRecord[]): Promise<void> => sendTo(h.broker, records);

async function deadLetters(consumer: string) {
  return (await listDeadLetters(h.dataSource)).filter((letter) => letter.consumer === consumer);
}

describe('the inbox', () => {
  it('handles what was published once, and publishes what handlers publish', async () => {
    const consumer = `chain-${newId()}`;
    const Echoed = contractOn(DoNote.topic, 'Echoed');
    const echoed: number[] = [];
    h.consume(consumer, [
      {
        contract: Noted,
        handle: (payload, unit) => {
          unit.publish(Echoed, { key: payload.key, n: payload.n + 1 });
          return Promise.resolve();
        },
      },
      {
        contract: Echoed,
        handle: (payload, unit) => {
          expect(unit.message?.causationId).toBeDefined();
          echoed.push(payload.n);
          return Promise.resolve();
        },
      },
    ]);
    await h.units.run((unit) => {
      unit.publish(Noted, { key: newId(), n: 41 });
      return Promise.resolve();
    });
    await eventually(() => {
      expect(echoed).toEqual([42]);
    });
    await eventually(async () => {
      expect(await h.dataSource.query('SELECT FROM messaging.outbox')).toHaveLength(0);
    });
  });

  it('handles a message only once that comes again, in the same batch or in a later one', async () => {
    const consumer = `twice-${newId()}`;
    const once = recordOf(Noted, { key: 'twice', n: 1 });
    await send([once, once, recordOf(Noted, { key: 'twice', n: 2 })]);
    h.consume(consumer, [writing(Noted, consumer)]);
    const seen = async () => (await h.effects(consumer)).map(({ n }) => n);
    await eventually(async () => {
      expect(await seen()).toEqual([1, 2]);
    });
    await send([once, recordOf(Noted, { key: 'twice', n: 3 })]);
    await eventually(async () => {
      expect((await seen()).at(-1)).toBe(3);
    });
    expect(await seen()).toEqual([1, 2, 3]);
  });

  it('leaves no claim and no effect when the handler fails, and parks the message with its code', async () => {
    const consumer = `fails-${newId()}`;
    const key = newId();
    h.consume(consumer, [
      writing(Noted, consumer, ({ say }) => {
        if (say !== undefined) throw new DozenError(say, 'no');
      }),
    ]);
    await send([
      recordOf(Noted, { key, n: 1 }),
      recordOf(Noted, { key, n: 2, say: 'TST-BAD' }),
      recordOf(Noted, { key, n: 3 }),
    ]);
    await send([recordOf(Noted, { key: `${key}-other`, n: 1 })]);
    await eventually(async () => {
      expect(await deadLetters(consumer)).toMatchObject([
        { code: 'TST-BAD', blockedKey: key, waiting: 1, attempts: 1 },
      ]);
    });
    await eventually(async () => {
      const mine = (await h.effects(consumer)).filter((effect) => effect.key.startsWith(key));
      expect(mine).toHaveLength(2);
    });
    expect((await h.effects(consumer)).filter((effect) => effect.key === key)).toEqual([{ key, n: 1 }]);
  });

  it('parks a bad command alone: the next of its key is handled', async () => {
    const consumer = `alone-${newId()}`;
    const key = newId();
    h.consume(consumer, [
      writing(DoNote, consumer, ({ n }) => {
        if (n === 1) throw new DozenError('TST-BAD', 'no');
      }),
    ]);
    await send([recordOf(DoNote, { key, n: 1 }), recordOf(DoNote, { key, n: 2 })]);
    await eventually(async () => {
      expect((await h.effects(consumer)).filter((effect) => effect.key === key)).toEqual([{ key, n: 2 }]);
    });
    expect(await deadLetters(consumer)).toMatchObject([{ code: 'TST-BAD', blockedKey: null }]);
  });

  it('a failing statement of one key does not condemn the keys beside it', async () => {
    const consumer = `pipelined-${newId()}`;
    const keys = Array.from({ length: 30 }, () => newId());
    await send(keys.map((key, n) => recordOf(Noted, { key, n })));
    h.consume(consumer, [
      {
        contract: Noted,
        async handle(payload, unit) {
          if (payload.key === keys[7]) await unit.manager.query('SELECT 1 / 0');
          await unit.manager.query('INSERT INTO effects (key, n, consumer) VALUES ($1, 0, $2)', [
            payload.key,
            consumer,
          ]);
        },
      },
    ]);
    await eventually(async () => {
      const handled = (await h.effects(consumer)).filter(({ key }) => keys.includes(key));
      expect(handled).toHaveLength(29);
    });
    expect((await deadLetters(consumer)).filter(({ blockedKey }) => keys.includes(blockedKey ?? ''))).toMatchObject([
      { blockedKey: keys[7], code: 'MSG-HANDLER' },
    ]);
  });

  it('parks nothing for an error of the infrastructure and tries again until it works', async () => {
    const consumer = `outage-${newId()}`;
    const key = newId();
    let failures = 3;
    h.consume(consumer, [
      writing(Noted, consumer, (payload) => {
        if (payload.key !== key || failures === 0) return;
        failures -= 1;
        throw Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' });
      }),
    ]);
    await send([recordOf(Noted, { key, n: 1 })]);
    await eventually(async () => {
      expect((await h.effects(consumer)).filter((effect) => effect.key === key)).toEqual([{ key, n: 1 }]);
    });
    expect(failures).toBe(0);
    expect(await deadLetters(consumer)).toEqual([]);
  });

  it('tries a message that failed again by itself, and then what waited behind it', async () => {
    const consumer = `retries-${newId()}`;
    const key = newId();
    let failures = 2;
    h.consume(
      consumer,
      [
        writing(Noted, consumer, () => {
          if (failures === 0) return;
          failures -= 1;
          throw new DozenError('TST-BAD', 'not yet');
        }),
      ],
      { retryDelaysMs: [1, 1, 1] },
    );
    await send([recordOf(Noted, { key, n: 1 }), recordOf(Noted, { key, n: 2 })]);
    await eventually(async () => {
      expect(await h.effects(consumer)).toEqual([
        { key, n: 1 },
        { key, n: 2 },
      ]);
    });
  });

  it('begins in isolation after an unclean end: each message is noted before it is handled', async () => {
    const consumer = `isolated-${newId()}`;
    const members = (): Promise<unknown[]> =>
      h.dataSource.query('SELECT member FROM messaging.consumer_members WHERE consumer = $1', [consumer]);
    await h.dataSource.query("INSERT INTO messaging.consumer_members VALUES ($1, $2, now() - interval '1 second')", [
      newId(),
      consumer,
    ]);
    const notes: number[] = [];
    h.consume(consumer, [
      writing(Noted, consumer, async () => {
        const rows: unknown[] = await h.dataSource.query('SELECT FROM messaging.attempts WHERE consumer = $1', [
          consumer,
        ]);
        notes.push(rows.length);
      }),
    ]);
    await send([recordOf(Noted, { key: newId(), n: 1 })]);
    await eventually(async () => expect(await h.effects(consumer)).toHaveLength(1));
    expect(notes).toEqual([1]);
    expect(await members()).toHaveLength(2);
    await h.stopConsumers();
    // Its own row went with the clean stop.
    expect(await members()).toHaveLength(1);
  });

  it('parks hostile records once each, with or without an id, and goes on', async () => {
    const consumer = `hostile-${newId()}`;
    const key = newId();
    const good = recordOf(DoNote, { key, n: 1 });
    await send([
      { ...good, value: '{', headers: { ...good.headers, ce_id: newId() } },
      { ...good, headers: {} },
      recordOf(DoNote, { key, n: 1 }, { ce_id: 'not-a-uuid' }),
      recordOf(DoNote, { key, n: 1 }, { ce_type: 'dozen.Nobody.v1' }),
      recordOf(DoNote, { key, n: 1 }, { ce_type: 'dozen.\0Nobody.v1' }),
      recordOf(DoNote, { key, n: 1 }, { ce_subject: 'another' }),
      good,
    ]);
    h.consume(consumer, [writing(DoNote, consumer)]);
    await eventually(async () => {
      expect((await h.effects(consumer)).filter((effect) => effect.key === key)).toHaveLength(1);
    });
    const codes = (await deadLetters(consumer)).map(({ code }) => code).sort();
    expect(codes).toEqual(['MSG-HEADERS', 'MSG-HEADERS', 'MSG-ID', 'MSG-JSON', 'MSG-KEY', 'MSG-UNKNOWN-TYPE']);
  });

  it('declared locks keep two consumers from a deadlock on shared rows', async () => {
    const suffix = newId();
    const consumers = [`locks-a-${suffix}`, `locks-b-${suffix}`];
    await h.dataSource.query('CREATE TABLE IF NOT EXISTS shared (name text PRIMARY KEY, n int NOT NULL DEFAULT 0)');
    await h.dataSource.query("INSERT INTO shared (name) VALUES ('x'), ('y') ON CONFLICT DO NOTHING");
    const keys = Array.from({ length: 40 }, (_, n) => `${suffix}-${n}`);
    await send(keys.map((key, n) => recordOf(Noted, { key, n })));
    for (const consumer of consumers) {
      h.consume(consumer, [
        {
          contract: Noted,
          locks: () => ['y', 'x'],
          async handle(payload, unit) {
            const order = payload.n % 2 === 0 ? ['x', 'y'] : ['y', 'x'];
            for (const name of order) await unit.manager.query('UPDATE shared SET n = n + 1 WHERE name = $1', [name]);
            await unit.manager.query('INSERT INTO effects (key, n, consumer) VALUES ($1, 0, $2)', [
              payload.key,
              consumer,
            ]);
          },
        },
      ]);
    }
    for (const consumer of consumers) {
      await eventually(async () => {
        expect((await h.effects(consumer)).filter(({ key }) => keys.includes(key))).toHaveLength(40);
      });
    }
    const [row]: { deadlocks: string }[] = await h.dataSource.query(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(row?.deadlocks).toBe('0');
  });
});

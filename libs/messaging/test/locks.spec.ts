import { setTimeout as sleep } from 'node:timers/promises';
import { type MessageContract, newId, type TopicDeclaration } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { defaultUnitPolicy, openTransaction } from '@dozen/database';
import { listDeadLetters, type MessageHandler, messagingPolicy } from '../src/index.js';
import { InboxStore } from '../src/inbox/handle/store.js';
import { contractOn, messagingHarness, type Note, topicNamed } from './harness.js';
import { consumerOn, Noted, parkingRig, recordOf as noteRecord, writing } from './support/parking-rig.js';
import { recordOf } from './support/records.js';

let h: Awaited<ReturnType<typeof messagingHarness>>;
let rig: Awaited<ReturnType<typeof parkingRig>>;
let topic: TopicDeclaration;
let Ordered: MessageContract<Note>;

const HOT = ['MUG', 'TEE', 'CAP'];

beforeAll(async () => {
  h = await messagingHarness([]);
  rig = await parkingRig();
  await h.dataSource.query('CREATE TABLE hot (sku text PRIMARY KEY, taken int NOT NULL DEFAULT 0)');
  await h.dataSource.query('INSERT INTO hot (sku) SELECT unnest($1::text[])', [HOT]);
});

beforeEach(async () => {
  topic = topicNamed('hot', 'command', 8);
  await h.broker.ensureTopics([topic]);
  Ordered = contractOn(topic, 'Ordered');
  await h.dataSource.query('UPDATE hot SET taken = 0');
});

afterEach(() => h.stopConsumers());

afterAll(async () => {
  await rig.close();
  await h.close();
});

async function deadlocks(): Promise<number> {
  const [row]: { deadlocks: number }[] = await h.dataSource.query(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.deadlocks ?? -1;
}

/** The SKUs of an order: one, two or all three, in an order of its own. */
function skusOf(n: number): string[] {
  const start = n % 3;
  return [...HOT.slice(start), ...HOT.slice(0, start)].slice(0, 1 + (Math.floor(n / 3) % 3));
}

/** Takes the rows in an order that deadlocks with the others', were it not for the locks. */
function taking(consumer: string): MessageHandler<Note> {
  return {
    contract: Ordered,
    locks: ({ n }) => skusOf(n),
    async handle({ key, n }, unit) {
      for (const sku of skusOf(n)) await unit.manager.query('UPDATE hot SET taken = taken + 1 WHERE sku = $1', [sku]);
      await unit.manager.query('INSERT INTO effects (key, n, consumer) VALUES ($1, $2, $3)', [key, n, consumer]);
    },
  };
}

describe('declared locks', () => {
  it('let 8 partitions and two consumers work on 3 hot rows without a deadlock, and every effect is there', async () => {
    const orders = 1600;
    const consumer = `hot-${newId()}`;
    const keys = Array.from({ length: 200 }, () => newId());
    const records = Array.from({ length: orders }, (_, n) => recordOf(Ordered, { key: keys[n % 200] ?? '', n }));
    const deadlocksBefore = await deadlocks();
    for (const _member of [1, 2]) h.consume(consumer, [taking(consumer)]);
    const producer = await h.broker.producer({ timeoutMs: 10_000 });
    for (let at = 0; at < orders; at += 40) await producer.send(records.slice(at, at + 40), { timeoutMs: 10_000 });
    await producer.close();
    await eventually(
      async () => {
        expect(await h.effects(consumer)).toHaveLength(orders);
      },
      { timeoutMs: 60_000 },
    );
    const expected = new Map(HOT.map((sku) => [sku, 0]));
    for (let n = 0; n < orders; n += 1) {
      for (const sku of skusOf(n)) expected.set(sku, (expected.get(sku) ?? 0) + 1);
    }
    const rows = await h.dataSource.query<{ sku: string; taken: number }[]>('SELECT sku, taken FROM hot');
    expect(new Map(rows.map(({ sku, taken }) => [sku, taken]))).toEqual(expected);
    expect(await deadlocks()).toBe(deadlocksBefore);
    expect(await listDeadLetters(h.dataSource)).toEqual([]);
  }, 90_000);

  it('of 5,000 rows, in 8 batches at once, fit into the server', async () => {
    const names = (batch: number) => Array.from({ length: 5000 }, (_, n) => `row-${(n * 7 + batch * 911) % 40_000}`);
    const batches = Array.from({ length: 8 }, async (_, batch) => {
      const tx = await openTransaction(h.dataSource, { lockTimeoutMs: 20_000, deadlineMs: 25_000 });
      await new InboxStore(tx.manager, 'wide').lock(names(batch));
      const [row] = await tx.manager.query<[{ held: number }]>(
        "SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
      );
      await tx.commit();
      return row.held;
    });
    for (const held of await Promise.all(batches)) {
      expect(held).toBeGreaterThan(messagingPolicy.lockSlots / 2);
      expect(held).toBeLessThanOrEqual(messagingPolicy.lockSlots);
    }
  });

  it('keep a batch out exactly as long as another holds one of its names', async () => {
    const first = await openTransaction(h.dataSource);
    await new InboxStore(first.manager, 'a').lock(['MUG', 'TEE']);
    const second = await openTransaction(h.dataSource);
    await new InboxStore(second.manager, 'b').lock(['CAP']);
    let got = false;
    const waiting = new InboxStore(second.manager, 'b').lock(['TEE']).then(() => {
      got = true;
    });
    await eventually(async () => {
      const waiting: unknown[] = await h.dataSource.query(
        `SELECT FROM pg_locks JOIN pg_database AS d ON d.oid = database
         WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`,
      );
      expect(waiting).toHaveLength(1);
    });
    expect(got).toBe(false);
    await first.commit();
    await waiting;
    await second.commit();
  });

  it('are waited for longer than a request waits: the server serves in turn, a new try stands at the end', async () => {
    const consumer = `patient-${newId()}`;
    const handler = { ...writing(Noted, consumer), locks: () => ['MUG'] };
    const { processor } = consumerOn({ consumer, dataSource: rig.dataSource, handlers: [handler] });
    const holder = await openTransaction(rig.dataSource);
    await new InboxStore(holder.manager, 'holder').lock(['MUG']);
    const processed = processor.process([noteRecord(Noted, { key: newId(), n: 1 })]);
    await sleep(defaultUnitPolicy.lockTimeoutMs + 500);
    await holder.commit();
    await processed;
    expect(await rig.effects(consumer)).toHaveLength(1);
  });
});

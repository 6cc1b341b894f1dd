import { newId } from '@dozen/kernel';
import fc from 'fast-check';
import type { QueryRunner } from 'typeorm';
import { LowWatermarks } from '../src/outbox/low-watermarks.js';
import { OutboxStore } from '../src/outbox/store.js';
import { messagingHarness } from './harness.js';

const SHARD = 3;
const INSERT = `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)
                VALUES (${SHARD}, $1::uuid, 't', 'k', '{}', '{}') RETURNING seq`;

let h: Awaited<ReturnType<typeof messagingHarness>>;
let store: OutboxStore;

beforeAll(async () => {
  h = await messagingHarness([]);
  store = new OutboxStore(h.dataSource);
});

afterAll(() => h.close());

/** One pass of a relay on the shard, without a broker; returns the seqs that it dealt with. */
async function pass(lowWatermarks: LowWatermarks, limit = 100): Promise<number[]> {
  const proof = lowWatermarks.proof;
  const reading = {
    shards: [SHARD],
    lowWatermarks: [lowWatermarks.of(SHARD)],
    perShard: limit,
    limit,
    skipRefused: false,
  };
  const rows = await store.lowest(reading);
  lowWatermarks.raise(proof, { shards: [SHARD], rows, full: rows.length === limit });
  await store.delete(rows);
  return rows.map(({ seq }) => Number(seq));
}

/** A transaction that stays open until it is told how to end. */
class Writer {
  private constructor(
    private readonly runner: QueryRunner,
    readonly seqs: number[] = [],
  ) {}

  static async begin(): Promise<Writer> {
    const runner = h.dataSource.createQueryRunner();
    await runner.startTransaction();
    return new Writer(runner);
  }

  async insert(): Promise<void> {
    const [row] = (await this.runner.query(INSERT, [newId()])) as { seq: string }[];
    this.seqs.push(Number(row?.seq));
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await (how === 'commit' ? this.runner.commitTransaction() : this.runner.rollbackTransaction());
    await this.runner.release();
  }
}

/** What a renewal does. */
async function advanceSafePoint(lowWatermarks: LowWatermarks): Promise<void> {
  const [row]: { last: string }[] = await h.dataSource.query('SELECT last_value AS last FROM messaging.outbox_seq_seq');
  await lowWatermarks.advanceSafePoint(store, Number(row?.last));
}

async function committed(): Promise<number> {
  const writer = await Writer.begin();
  await writer.insert();
  await writer.end('commit');
  return writer.seqs[0] ?? NaN;
}

describe('the low watermarks of the outbox', () => {
  it('stay below a seq that an open transaction has taken, whatever was seen above it', async () => {
    const lowWatermarks = new LowWatermarks();
    const late = await Writer.begin();
    await late.insert();
    const lateSeq = late.seqs[0] ?? NaN;
    const early = await committed();
    expect(lateSeq).toBeLessThan(early);
    await advanceSafePoint(lowWatermarks);
    expect(await pass(lowWatermarks)).toEqual([early]);
    await advanceSafePoint(lowWatermarks);
    await pass(lowWatermarks);
    expect(lowWatermarks.of(SHARD)).toBeLessThanOrEqual(lateSeq);
    await late.end('commit');
    expect(await pass(lowWatermarks)).toEqual([lateSeq]);
  });

  it('rise above what was sent once its writers are gone, and not above what was not', async () => {
    const lowWatermarks = new LowWatermarks();
    const first = await committed();
    const second = await committed();
    await advanceSafePoint(lowWatermarks);
    expect(await pass(lowWatermarks, 1)).toEqual([first]);
    expect(lowWatermarks.of(SHARD)).toBe(first);
    expect(await pass(lowWatermarks, 1)).toEqual([second]);
    await advanceSafePoint(lowWatermarks);
    await pass(lowWatermarks);
    expect(lowWatermarks.of(SHARD)).toBeGreaterThan(second);
  });

  it('are forgotten with the proofs that were under way', async () => {
    const lowWatermarks = new LowWatermarks();
    await committed();
    await advanceSafePoint(lowWatermarks);
    const proof = lowWatermarks.proof;
    const advancing = lowWatermarks.advanceSafePoint(store, lowWatermarks.proof.safePoint + 1);
    lowWatermarks.clear();
    await advancing;
    lowWatermarks.raise(proof, { shards: [SHARD], rows: [], full: false });
    expect([lowWatermarks.of(SHARD), lowWatermarks.proof.safePoint]).toEqual([0, 0]);
    await pass(lowWatermarks);
  });

  it('hide no row that is committed, in any interleaving of writers, proofs and reads', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('insert' as const), writer: fc.nat(3) }),
      fc.record({ kind: fc.constantFrom('commit' as const, 'rollback' as const), writer: fc.nat(3) }),
      fc.record({ kind: fc.constant('advance' as const) }),
      fc.record({ kind: fc.constant('pass' as const), limit: fc.integer({ min: 1, max: 4 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const lowWatermarks = new LowWatermarks();
        const open = new Map<number, Writer>();
        const expected: number[] = [];
        const sent: number[] = [];
        for (const one of steps) {
          if (one.kind === 'advance') await advanceSafePoint(lowWatermarks);
          else if (one.kind === 'pass') sent.push(...(await pass(lowWatermarks, one.limit)));
          else if (one.kind === 'insert') {
            const writer = open.get(one.writer) ?? (await Writer.begin());
            open.set(one.writer, writer);
            await writer.insert();
          } else {
            const writer = open.get(one.writer);
            open.delete(one.writer);
            await writer?.end(one.kind);
            if (one.kind === 'commit') expected.push(...(writer?.seqs ?? []));
          }
        }
        for (const writer of open.values()) await writer.end('rollback');
        for (let rows = await pass(lowWatermarks); rows.length > 0; rows = await pass(lowWatermarks))
          sent.push(...rows);
        expect(sent.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });
});

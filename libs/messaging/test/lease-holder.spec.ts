import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import { LeaseHolder } from '../src/outbox/lease-holder.js';
import { ShardLeases } from '../src/outbox/leases.js';
import { messagingHarness } from './harness.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });
const ALL = [...Array(16).keys()];

let h: Awaited<ReturnType<typeof messagingHarness>>;
const holders: LeaseHolder[] = [];
const renewals = new Map<LeaseHolder, number>();

beforeAll(async () => {
  h = await messagingHarness([]);
});

afterAll(async () => {
  for (const holder of holders) await holder.release();
  await h.close();
});

function newHolder(): LeaseHolder {
  const holder = new LeaseHolder({
    leases: new ShardLeases(h.dataSource),
    logger,
    onRenewed: () => Promise.resolve(void renewals.set(holder, renewalsOf(holder) + 1)),
    onFailed: () => undefined,
    onFreed: () => holders.forEach((other) => other.renewSoon()),
  });
  holders.push(holder);
  return holder;
}

const renewalsOf = (holder: LeaseHolder): number => renewals.get(holder) ?? 0;

/** The shards that a new batch may have rows of; the batch is over at once. */
async function nextBatchOf(holder: LeaseHolder): Promise<readonly number[]> {
  const shards = await holder.begin();
  holder.done();
  return shards;
}

describe('the shards that a process holds', () => {
  it('are not in new batches any more once another has a claim to them, and given up when no batch has them', async () => {
    const first = newHolder();
    expect(await first.begin()).toEqual(ALL);
    const second = newHolder();
    expect(await nextBatchOf(second)).toEqual([]);
    const [before, beforeThat] = [renewalsOf(first), renewalsOf(second)];
    await eventually(() => {
      expect(renewalsOf(first)).toBeGreaterThan(before + 1);
      expect(renewalsOf(second)).toBeGreaterThan(beforeThat + 1);
    });
    expect(await nextBatchOf(second)).toEqual([]);
    first.done();
    expect(await nextBatchOf(first)).toEqual(ALL.slice(0, 8));
    await eventually(async () => {
      expect(await nextBatchOf(second)).toEqual(ALL.slice(8));
    });
  });
});

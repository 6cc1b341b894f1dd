import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import { ShardHolding } from '../src/outbox/holding.js';
import { ShardLeases } from '../src/outbox/leases.js';
import { messagingHarness } from './harness.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });
const EVEN = [0, 2, 4, 6, 8, 10, 12, 14];

let h: Awaited<ReturnType<typeof messagingHarness>>;
const holdings: ShardHolding[] = [];

beforeAll(async () => {
  h = await messagingHarness([]);
});

afterAll(async () => {
  for (const holding of holdings) await holding.release();
  await h.close();
});

function newHolding(): ShardHolding {
  const holding = new ShardHolding({
    leases: new ShardLeases(h.dataSource),
    logger,
    onRenewed: () => Promise.resolve(),
    onFailed: () => undefined,
    onFreed: () => holdings.forEach((other) => other.renewSoon()),
  });
  holdings.push(holding);
  return holding;
}

/** What a lane would begin; at once done with it. */
async function begun(holding: ShardHolding, lane: number): Promise<readonly number[]> {
  const shards = await holding.begin(lane);
  holding.done(lane);
  return shards;
}

describe('the shards that a process holds', () => {
  it('are not begun any more once another has a claim to them, and given up when no batch has them', async () => {
    const first = newHolding();
    expect(await first.begin(0)).toEqual(EVEN);
    const second = newHolding();
    expect(await begun(second, 0)).toEqual([]);
    await eventually(async () => {
      expect(await begun(first, 1)).toEqual([1, 3, 5, 7]);
      expect(await begun(second, 1)).toEqual([9, 11, 13, 15]);
    });
    expect(await begun(second, 0)).toEqual([]);
    first.done(0);
    expect(await begun(first, 0)).toEqual([0, 2, 4, 6]);
    await eventually(async () => {
      await begun(first, 0);
      expect(await begun(second, 0)).toEqual([8, 10, 12, 14]);
    });
  });
});

import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import { ShardHolding } from '../src/outbox/holding.js';
import { ShardLeases } from '../src/outbox/leases.js';
import { messagingHarness } from './harness.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });
const ALL = [...Array(16).keys()];

let h: Awaited<ReturnType<typeof messagingHarness>>;
const holdings: ShardHolding[] = [];
const renewals = new Map<ShardHolding, number>();

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
    onRenewed: () => Promise.resolve(void renewals.set(holding, renewalsOf(holding) + 1)),
    onFailed: () => undefined,
    onFreed: () => holdings.forEach((other) => other.renewSoon()),
  });
  holdings.push(holding);
  return holding;
}

const renewalsOf = (holding: ShardHolding): number => renewals.get(holding) ?? 0;

/** What a batch would be begun of; at once done with it. */
async function begun(holding: ShardHolding): Promise<readonly number[]> {
  const shards = await holding.begin();
  holding.done();
  return shards;
}

describe('the shards that a process holds', () => {
  it('are not begun any more once another has a claim to them, and given up when no batch has them', async () => {
    const first = newHolding();
    expect(await first.begin()).toEqual(ALL);
    const second = newHolding();
    expect(await begun(second)).toEqual([]);
    const [before, beforeThat] = [renewalsOf(first), renewalsOf(second)];
    await eventually(() => {
      expect(renewalsOf(first)).toBeGreaterThan(before + 1);
      expect(renewalsOf(second)).toBeGreaterThan(beforeThat + 1);
    });
    expect(await begun(second)).toEqual([]);
    first.done();
    expect(await begun(first)).toEqual(ALL.slice(0, 8));
    await eventually(async () => {
      expect(await begun(second)).toEqual(ALL.slice(8));
    });
  });
});

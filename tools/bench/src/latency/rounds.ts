import type { MessageContract } from '@dozen/kernel';
import type { Child } from '../children/child.js';
import type { Arrivals } from '../children/arrivals.js';
import { atPace } from './pace.js';
import type { WritingService } from './writing-service.js';

const WARM_UP_S = 2;

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Messages of a round, warm-up included. */
export function messagesOf({ perSecond, seconds }: Pace): number {
  return Math.ceil(perSecond * (WARM_UP_S + seconds));
}

/**
 * Commits at a pace and pairs each commit with its arrival, in ms. The first seconds are not counted: the code is
 * compiled in them.
 */
export async function latencies<T>(options: {
  readonly service: WritingService;
  readonly child: Child<Arrivals>;
  readonly contract: MessageContract<T>;
  readonly payload: (index: number) => T;
  readonly pace: Pace;
}): Promise<number[]> {
  const { service, child, contract, payload, pace } = options;
  const warmUp = pace.perSecond * WARM_UP_S;
  const committed = new Map<number, number>();
  await atPace(pace.perSecond, messagesOf(pace), async (index) => {
    committed.set(index, await service.commit(contract, payload(index)));
  });
  const arrivals = await child.done;
  return arrivals.flatMap(({ n, at }) => {
    const begin = committed.get(n);
    return begin === undefined || n < warmUp ? [] : [at - begin];
  });
}

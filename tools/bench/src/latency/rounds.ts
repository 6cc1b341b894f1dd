import type { MessageContract } from '@dozen/kernel';
import type { Child } from '../children/child.js';
import type { Arrivals } from '../children/arrivals.js';
import { machineNow } from '../measures.js';
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

export interface Round {
  /** The time from each commit to its arrival, in ms, without the first seconds, in which the code is compiled. */
  readonly latencies: readonly number[];
  /** How long after the last commit was due the last message had arrived. */
  readonly behindMs: number;
}

/** Commits at a pace and pairs each commit with its arrival. */
export async function roundOf<T>(options: {
  readonly service: WritingService;
  readonly child: Child<Arrivals>;
  readonly contract: MessageContract<T>;
  readonly payload: (index: number) => T;
  readonly pace: Pace;
}): Promise<Round> {
  const { service, child, contract, payload, pace } = options;
  const warmUp = pace.perSecond * WARM_UP_S;
  const committed = new Map<number, number>();
  const began = machineNow();
  await atPace(pace.perSecond, messagesOf(pace), async (index) => {
    committed.set(index, await service.commit(contract, [payload(index)]));
  });
  const arrivals = await child.done;
  const lastDue = began + ((messagesOf(pace) - 1) * 1000) / pace.perSecond;
  const latencies = arrivals.flatMap(({ n, at }) => {
    const begin = committed.get(n);
    return begin === undefined || n < warmUp ? [] : [at - begin];
  });
  return { latencies, behindMs: (arrivals.at(-1)?.at ?? NaN) - lastDue };
}

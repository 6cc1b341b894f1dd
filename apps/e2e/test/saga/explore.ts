import { type Step, stepsFrom } from './steps.js';
import type { World } from './world.js';

export interface Explored {
  /** Distinct worlds that can come about. */
  readonly worlds: readonly World[];
  /** The worlds in which nothing can happen any more. */
  readonly ends: readonly World[];
  readonly steps: number;
  /** Ways from the beginning to an end: every order of the steps that the topics allow. */
  readonly interleavings: bigint;
}

/** Everything that can come about, in every order. Throws, with the way there, what a step throws. */
export function explore(beginning: World, card: 'good' | 'bad'): Explored {
  const after = new Map<string, Step[]>();
  const worlds = new Map<string, World>([[keyOf(beginning), beginning]]);
  const ways = new Map<string, string[]>([[keyOf(beginning), []]]);
  for (const [key, world] of worlds) {
    const way = ways.get(key) ?? [];
    const steps = attempt(() => stepsFrom(world, card), way);
    after.set(key, steps);
    for (const { name, to } of steps) {
      const next = keyOf(to);
      if (worlds.has(next)) continue;
      worlds.set(next, to);
      ways.set(next, [...way, name]);
    }
  }
  const counted = new Map<string, bigint>();
  return {
    worlds: [...worlds.values()],
    ends: [...worlds].filter(([key]) => after.get(key)?.length === 0).map(([, world]) => world),
    steps: [...after.values()].reduce((sum, steps) => sum + steps.length, 0),
    interleavings: count(keyOf(beginning), after, counted),
  };
}

/** Every step uses something up, so no way comes back to where it was. */
function count(key: string, after: ReadonlyMap<string, readonly Step[]>, counted: Map<string, bigint>): bigint {
  const known = counted.get(key);
  if (known !== undefined) return known;
  const steps = after.get(key) ?? [];
  const ways = steps.reduce((sum, { to }) => sum + count(keyOf(to), after, counted), 0n);
  const result = steps.length === 0 ? 1n : ways;
  counted.set(key, result);
  return result;
}

function attempt<T>(work: () => T, way: readonly string[]): T {
  try {
    return work();
  } catch (cause) {
    throw new Error(`after: ${way.join(' → ')}`, { cause });
  }
}

function keyOf(world: World): string {
  return JSON.stringify(world);
}

import type { PartitionRange } from './port.js';

export type RangeState = 'new' | 'inside' | 'below' | 'above';

/**
 * Where a group stands against the log. `new`: it never committed, and begins with the log. `below`: records were
 * deleted before they were handled. `above`: the log was cut, or made anew. At the end of the log is inside: idle.
 */
export function stateOf({ committed, low, high }: Omit<PartitionRange, 'topic' | 'partition'>): RangeState {
  if (committed === undefined) return 'new';
  const next = BigInt(committed);
  if (next < BigInt(low)) return 'below';
  return next > BigInt(high) ? 'above' : 'inside';
}

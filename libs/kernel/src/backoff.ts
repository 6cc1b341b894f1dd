export interface BackoffPolicy {
  /** After the first failure, in ms. */
  readonly firstMs: number;
  /** However many there are, in ms. */
  readonly mostMs: number;
  /** How far a wait may be from its length, as a part of it from 0 to 1: many who failed together come back one by one. */
  readonly jitter?: number;
}

/** How long to wait after so many failures in a row, in ms: each time twice as long, up to `mostMs`. */
export function backoff(
  failures: number,
  { firstMs, mostMs, jitter = 0 }: BackoffPolicy,
  random: () => number = Math.random,
): number {
  const ms = Math.min(firstMs * 2 ** Math.max(0, failures - 1), mostMs);
  return ms * (1 + jitter * (2 * random() - 1));
}

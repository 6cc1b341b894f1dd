/** Longer waits are cut: a proxy in between would end them. */
const LONGEST_S = 30;

/**
 * Seconds of `Prefer: wait=…` (RFC 7240), 0 without one. What is malformed is not honoured, as the RFC says: preferences
 * are no demands.
 */
export function preferredWait(header: string | readonly string[] | undefined): number {
  const preferences = [header ?? []].flat().join(',').split(',');
  for (const preference of preferences) {
    const [, seconds] = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;|$)/i.exec(preference) ?? [];
    if (seconds !== undefined) return Math.min(Number(seconds), LONGEST_S);
  }
  return 0;
}

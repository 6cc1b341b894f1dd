import { createHash } from 'node:crypto';

/**
 * SHA-256 (hex) over method, path and body: what "the same request" means. The order of object keys does not count.
 * Give it the validated body, so that what a schema drops or fills in does not count either, and no headers: a repeat may
 * well carry another `Prefer`.
 */
export function requestHash(request: { method: string; path: string; body: unknown }): string {
  const text = JSON.stringify([request.method, request.path, sorted(request.body)]);
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== 'object' || value instanceof Date) {
    return value;
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}

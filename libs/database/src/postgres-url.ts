import { readFileSync } from 'node:fs';
import type { UrlKind } from '@dozen/config';

/** With these `pg` verifies certificate and name, whatever libpq means by them; it says so at the first connection. */
const VERIFIED: readonly string[] = ['require', 'verify-ca', 'verify-full'];
const SSL_MODES: readonly string[] = [...VERIFIED, 'no-verify', 'disable'];
/** PostgreSQL cuts longer names. Without a slash, dot segments and escapes, which each parser takes for something else. */
const DATABASE = /^\w[\w.-]{0,62}$/;

/**
 * As `pg` reads it. Its parameters go before what is set in code, so that of all those it knows (`host`, `options`,
 * `max`, `query_timeout` …) only those of TLS are let in; the others would silently undo what the service depends on.
 */
export const POSTGRES: UrlKind = {
  protocols: ['postgres', 'postgresql'],
  credentials: 'optional',
  path: (path) => (DATABASE.test(path) ? undefined : 'must name the database after the host: letters, digits, _ . -'),
  query: {
    sslmode: oneOf(SSL_MODES),
    sslnegotiation: oneOf(['postgres', 'direct']),
    sslrootcert: readable,
    sslcert: readable,
    sslkey: readable,
  },
  isEncrypted: ({ query }) => VERIFIED.includes(query.get('sslmode') ?? ''),
};

function oneOf(words: readonly string[]) {
  return (value: string): string | undefined =>
    words.includes(value) ? undefined : `it is one of ${words.join(', ')}`;
}

/** `pg` reads the file when it connects, and throws what the file system says. */
function readable(path: string): string | undefined {
  try {
    readFileSync(path);
    return undefined;
  } catch {
    return 'there is no such file, or it cannot be read';
  }
}

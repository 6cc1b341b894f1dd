import { readFileSync } from 'node:fs';
import type { UrlKind } from '@dozen/config';

/**
 * The values of `sslmode`. With all but the last two `pg` verifies certificate and name, whatever libpq means by them; it says
 * so at the first connection.
 */
const SSL_MODES = ['require', 'verify-ca', 'verify-full', 'no-verify', 'disable'] as const;
/**
 * The name of a database. PostgreSQL cuts longer names. A slash, dot segments and escapes are refused, since each parser reads
 * them differently.
 */
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
    // Providers write it into their URLs; `pg` takes no notice of it.
    channel_binding: oneOf(['disable', 'prefer', 'require']),
  },
  check: ({ query }) => sslProblem(query),
  isEncrypted: ({ query }) => (query.get('sslmode') ?? 'disable') !== 'disable',
  weakness: ({ query }) =>
    query.get('sslmode') === 'no-verify'
      ? 'is encrypted, but anybody could be the server: sslmode=no-verify takes any certificate'
      : undefined,
};

/** `pg` encrypts because of any of these, and not with `disable`: which of the two is meant is for the operator to say. */
function sslProblem(query: ReadonlyMap<string, string>): string | undefined {
  const others = [...query.keys()].filter((name) => name.startsWith('ssl') && name !== 'sslmode').join(', ');
  if (others === '') return undefined;
  if (!query.has('sslmode')) return `must say sslmode=verify-full or another sslmode where it has ${others}`;
  return query.get('sslmode') === 'disable'
    ? `contradicts itself: sslmode=disable leaves no use for ${others}`
    : undefined;
}

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

import { envUrl, type UrlKind } from '@dozen/config';
import { POSTGRES } from '@dozen/database';

/** As its client reads it: `redis://[[user]:password@]host[:port][/database]`, `rediss://` for TLS; it knows no parameter. */
const REDIS: UrlKind = {
  protocols: ['redis', 'rediss'],
  credentials: 'optional',
  path: (path) =>
    /^(?:|0|[1-9]\d{0,4})$/.test(path) ? undefined : 'must have the number of a database after the host',
  isEncrypted: ({ scheme }) => scheme === 'rediss',
};

/**
 * The variable that says where a store is, as `openStore` takes it: `redis://` or `postgres://`, and nothing else changes. Not
 * set, the store is in the service's own database. `poolMax`: its most connections to PostgreSQL.
 */
export function envStoreUrl({ what, poolMax, database }: { what: string; poolMax: number; database: number }) {
  return envUrl(REDIS, POSTGRES)
    .optional()
    .meta({
      description: `${what} In PostgreSQL at most ${poolMax} connections of a process. Default: DATABASE_URL`,
      example: `redis://127.0.0.1:6379/${database}`,
      secret: true,
    });
}

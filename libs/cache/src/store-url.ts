import { type EnvType, envUrl, type UrlKind } from '@dozen/config';
import { POSTGRES } from '@dozen/database';

/** As its client reads it: `redis://[[user]:password@]host[:port][/database]`, `rediss://` for TLS; it knows no parameter. */
const REDIS: UrlKind = {
  protocols: ['redis', 'rediss'],
  credentials: 'optional',
  path: (path) =>
    /^(?:|0|[1-9]\d{0,4})$/.test(path) ? undefined : 'must have the number of a database after the host',
  isEncrypted: ({ scheme }) => scheme === 'rediss',
};

/** Where a store may be, as `openStore` takes it: `redis://` or `postgres://`. */
export function envStoreUrl(): EnvType<string> {
  return envUrl(REDIS, POSTGRES);
}

import type { ConnectionShare } from '@dozen/database';
import { cachePolicy } from './policy.js';
import { CACHE_TABLE, isPostgres, type StoreTable } from './store.js';

/** The most connections to PostgreSQL of a store; none of one in Redis. */
export function storeConnections(
  url: string,
  { service, table, most }: { readonly service: string; readonly table: StoreTable; readonly most: number },
): ConnectionShare[] {
  return isPostgres(url) ? [{ applicationName: `${service} ${table.schema}`, most, why: table.schema }] : [];
}

/** The connections of a `TtlCache`. */
export function cacheConnections(url: string, service: string): ConnectionShare[] {
  return storeConnections(url, { service, table: CACHE_TABLE, most: cachePolicy.poolMax });
}

import { isPostgres, type Store, type StoreOptions } from './store.js';

/** Opens a store by the scheme of its URL. It loads only the client that it needs, and connects at the first question. */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (isPostgres(options.url)) return (await import('./postgres-store.js')).openPostgres(options);
  return (await import('./redis-store.js')).openRedis(options);
}

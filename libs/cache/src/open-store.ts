import { isPostgres, type Store, type StoreOptions } from './store.js';

/** By the URL's scheme. Loads only the client that it needs; connects at the first question. */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (isPostgres(options.url)) return (await import('./postgres-store.js')).openPostgres(options);
  return (await import('./redis-store.js')).openRedis(options);
}

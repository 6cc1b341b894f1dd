export { cacheConnections, storeConnections } from './connections.js';
export { cacheSection } from './config.js';
export { installCache, installStore, missingCache, missingStore } from './install.js';
export { openStore } from './open-store.js';
export { cachePolicy } from './policy.js';
export { isPostgres, type Store, type StoreTable } from './store.js';
export { envStoreUrl } from './store-url.js';
export { TtlCache, type TtlCacheOptions } from './ttl-cache.js';

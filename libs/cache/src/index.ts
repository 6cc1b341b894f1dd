export { cacheSection } from './config.js';
export { installCache } from './install.js';
export { cachePolicy } from './policy.js';
export { TtlCache, type TtlCacheOptions } from './ttl-cache.js';

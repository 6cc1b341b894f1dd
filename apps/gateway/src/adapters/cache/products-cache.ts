import { TtlCache } from '@dozen/cache';
import { CONFIG, LOGGER } from '@dozen/service';
import { Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { FactoryProvider } from '@nestjs/common';
import { cacheUrl, type GatewayConfig } from '../../config.js';
import { PRODUCTS_CACHE } from '../http/product-list.js';

/** The cache of the product list; closed when the last request is answered. */
export const productsCache: FactoryProvider<TtlCache> = {
  provide: PRODUCTS_CACHE,
  inject: [CONFIG, LOGGER, Lifecycle],
  useFactory: async (config: GatewayConfig, logger: Logger, lifecycle: Lifecycle) => {
    const url = cacheUrl(config);
    const cache = await TtlCache.open({ url, service: 'gateway', ttlMs: config.PRODUCTS_TTL_MS, logger });
    lifecycle.onDrain('pools', 'products cache', () => cache.close());
    return cache;
  },
};

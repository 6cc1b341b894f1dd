import { cacheSection } from '@dozen/cache';
import { baseSection, type ConfigOf, defineConfig, defineSection, envMillis } from '@dozen/config';
import { databaseSection } from '@dozen/database';
import { authSection, httpSection } from '@dozen/http';
import { kafkaSection } from '@dozen/messaging';
import { sessionSection } from '@dozen/session';
import { telemetrySection } from '@dozen/telemetry';

/** What customers see of the catalogue. */
const productsSection = defineSection('Products', {
  PRODUCTS_TTL_MS: envMillis({ min: 1, max: 3_600_000 })
    .default(5_000)
    .meta({ description: 'The most that the list of products is behind the catalogue as this service knows it' }),
});

/** Everything that the gateway reads from its environment. */
export const gatewayConfig = defineConfig({
  service: 'gateway',
  sections: [
    baseSection,
    httpSection,
    databaseSection,
    kafkaSection,
    authSection,
    cacheSection,
    sessionSection,
    productsSection,
    telemetrySection,
  ],
});
export type GatewayConfig = ConfigOf<typeof gatewayConfig>;

/** The default is the gateway's own database, so that a deploy needs no cache beside it. */
export function cacheUrl({ CACHE_URL, DATABASE_URL }: GatewayConfig): string {
  return CACHE_URL ?? DATABASE_URL;
}

/** The default is the gateway's own database here, too. */
export function sessionStoreUrl({ SESSION_STORE_URL, DATABASE_URL }: GatewayConfig): string {
  return SESSION_STORE_URL ?? DATABASE_URL;
}

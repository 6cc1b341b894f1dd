import { baseSection, type ConfigOf, defineConfig } from '@dozen/config';
import { databaseSection } from '@dozen/database';
import { authSection, httpSection } from '@dozen/http';
import { kafkaSection } from '@dozen/messaging';

/** Everything that the gateway reads from its environment. */
export const gatewayConfig = defineConfig({
  service: 'gateway',
  sections: [baseSection, httpSection, databaseSection, kafkaSection, authSection],
});
export type GatewayConfig = ConfigOf<typeof gatewayConfig>;

import { baseSection, type ConfigOf, defineConfig } from '@dozen/config';
import { databaseSection } from '@dozen/database';
import { httpSection } from '@dozen/http';
import { kafkaSection } from '@dozen/messaging';
import { telemetrySection } from '@dozen/telemetry';

/** Everything that orders reads from its environment. */
export const ordersConfig = defineConfig({
  service: 'orders',
  sections: [baseSection, httpSection, databaseSection, kafkaSection, telemetrySection],
});
export type OrdersConfig = ConfigOf<typeof ordersConfig>;

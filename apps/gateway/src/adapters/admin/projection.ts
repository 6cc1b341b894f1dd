import type { AdminCommand } from '@dozen/service';
import { rebuildProjection } from '../../application/rebuild-projection.js';
import type { GatewayConfig } from '../../config.js';
import { PostgresOrders } from '../postgres/postgres-orders.js';

/**
 * `projection rebuild` folds every timeline again. It is for a release that folds differently. The gateway may run meanwhile.
 */
export const projectionRebuild: AdminCommand<GatewayConfig> = {
  name: 'projection rebuild',
  description: 'make every view again from its timeline',
  run: async ({ units, dataSource }) => {
    const json = await rebuildProjection(units, new PostgresOrders(dataSource));
    return { text: `${json.orders} orders, ${json.changed} of them with another view than before`, json };
  },
};

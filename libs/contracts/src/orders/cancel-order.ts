import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { ordersCommands } from '../topics.js';
import { customerId, orderId } from '../values.js';

/** Asks that an order be cancelled. `customerId` is who asks: an order of somebody else is as unknown as none. */
export const CancelOrder = defineMessage({
  name: 'CancelOrder',
  version: 1,
  topic: ordersCommands,
  schema: z.object({ orderId, customerId }),
  key: (command) => command.orderId,
});
export type CancelOrder = PayloadOf<typeof CancelOrder>;

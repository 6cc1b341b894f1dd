import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { ordersCommands } from '../topics.js';
import { customer, orderId, paymentToken, requestedItems } from '../values.js';

/** Asks for an order. Prices are never taken from it: orders has the catalogue. */
export const PlaceOrder = defineMessage({
  name: 'PlaceOrder',
  version: 1,
  topic: ordersCommands,
  schema: z.object({ orderId, customer, items: requestedItems, paymentToken }),
  key: (command) => command.orderId,
});
export type PlaceOrder = PayloadOf<typeof PlaceOrder>;

import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { catalogueEvents } from '../topics.js';
import { moneyAmount, sku } from '../values.js';

/** The whole of one product at a version. Consumers keep the highest version and ignore the rest. */
export const ProductSnapshot = defineMessage({
  name: 'ProductSnapshot',
  version: 1,
  topic: catalogueEvents,
  schema: z.object({ sku, version: z.int().min(1), name: z.string().min(1).max(200), price: moneyAmount }),
  key: (event) => event.sku,
});
export type ProductSnapshot = PayloadOf<typeof ProductSnapshot>;

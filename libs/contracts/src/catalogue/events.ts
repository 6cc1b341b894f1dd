import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { catalogueEvents } from '../topics.js';
import { moneyAmount, productName, sku } from '../values.js';

/**
 * What a customer may count on: `low` means few units, and `withdrawn` that the product is sold no more but may come back. The
 * number of units is not published: it would tell competitors, and be wrong a moment later.
 */
export const availability = z.enum(['in-stock', 'low', 'sold-out', 'withdrawn']);
export type Availability = z.output<typeof availability>;

/**
 * A snapshot of the whole product at one version. Consumers keep the highest version and ignore the rest. The release before
 * knows no `availability`, so it may be missing.
 */
export const ProductSnapshot = defineMessage({
  name: 'ProductSnapshot',
  version: 1,
  topic: catalogueEvents,
  schema: z.object({
    sku,
    version: z.int().min(1),
    name: productName,
    price: moneyAmount,
    availability: availability.optional(),
  }),
  key: (event) => event.sku,
});
export type ProductSnapshot = PayloadOf<typeof ProductSnapshot>;

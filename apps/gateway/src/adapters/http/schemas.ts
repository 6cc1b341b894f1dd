import { orderId, paymentToken, requestedItems, sku } from '@dozen/contracts';
import { type Cursor, pageQuery } from '@dozen/http';
import { z } from 'zod';
import type { After } from '../../application/ports.js';

/** Contracts let unknown fields pass, for a newer producer; a client that misspells one should hear of it. */
const items = requestedItems.clone({ ...requestedItems.def, element: requestedItems.element.strict() });

/** Body of POST /v1/orders. */
export const placeOrderBody = z.strictObject({ items, paymentToken });
export type PlaceOrderBody = z.output<typeof placeOrderBody>;

/** The path parameter of one order. Any spelling of the id is taken, and becomes the one that is used inside. */
export const orderIdParameter = orderId;

/** A cursor can be made up: what PostgreSQL would choke on must be refused here. */
function pageOf(id: z.ZodType<string>) {
  const ofThisList = (cursor: Cursor | undefined): boolean => cursor === undefined || id.safeParse(cursor.id).success;
  return z.strictObject({
    ...pageQuery.shape,
    cursor: pageQuery.shape.cursor.refine(ofThisList, 'not a cursor of this list'),
  });
}

export const ordersPage = pageOf(orderId);
export const productsPage = pageOf(sku);

export function afterOf(cursor: Cursor | undefined): After | undefined {
  return cursor === undefined ? undefined : { id: cursor.id, createdAt: new Date(cursor.createdAt) };
}

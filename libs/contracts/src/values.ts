import { minorDigits } from '@dozen/kernel';
import { z } from 'zod';
import { email, formed, text, uuidV7 } from './text.js';

/** UUIDv7 of an order: the key of every message about it. */
export const orderId = uuidV7.describe('Order id, a UUIDv7');

/** Stock keeping unit. */
export const sku = formed(/^[A-Z0-9][A-Z0-9-]{0,39}$/).describe('Stock keeping unit');

export const productName = text({ min: 1, max: 200 });

export const currency = formed(/^[A-Z]{3}$/)
  .refine((code) => minorDigits(code) !== undefined, 'no currency of ISO 4217')
  .describe('ISO 4217');

/** Minor units (cents) of an ISO 4217 currency. */
export const moneyAmount = z.object({
  amount: z.int().min(0).describe('Minor units'),
  currency,
});

export const customerId = text({ min: 1, max: 200 });

/** The person an order is for; consumers need nobody else's data. */
export const customer = z.object({
  id: customerId,
  email,
  /** RFC 5646, section 4.4.1: 35 characters hold every tag that is in use. */
  locale: formed(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .max(35)
    .describe('BCP 47'),
});
export type Customer = z.output<typeof customer>;

export const MAX_LINES = 50;
/** The most units that one line may ask for. */
export const MAX_QUANTITY = 1000;

/** What is ordered. One line per SKU. */
export const requestedItems = z
  .array(z.object({ sku, quantity: z.int().min(1).max(MAX_QUANTITY) }))
  .min(1)
  .max(MAX_LINES)
  .refine((items) => new Set(items.map((item) => item.sku)).size === items.length, 'a SKU stands on one line only');

const pricedItem = z.object({
  sku,
  name: text({ max: 200 }),
  quantity: z.int().min(1),
  unitPrice: moneyAmount,
});

/** What was ordered, at the prices that were found: as many lines as an order may ask for. */
export const pricedItems = z.array(pricedItem).min(1).max(MAX_LINES);

/** Version of the aggregate after the change; grows by one with each event of it. */
export const aggregateVersion = z.int().min(1);

/** An opaque token that stands for a card at the payment provider. */
export const paymentToken = text({ min: 1, max: 200 });

/** What the payment provider calls a charge. */
export const providerReference = text({ max: 255 });

/** The provider's own word for why it refused. */
export const declineReason = text({ max: 200 });

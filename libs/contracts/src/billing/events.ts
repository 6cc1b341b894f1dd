import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { billingEvents } from '../topics.js';
import { aggregateVersion, moneyAmount, orderId } from '../values.js';

const payment = { orderId, aggregateVersion, paymentId: z.uuid({ version: 'v7' }), amount: moneyAmount };

/** An invoice is open and its payment is being charged. */
export const InvoiceOpened = defineMessage({
  name: 'InvoiceOpened',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, invoiceId: z.uuid({ version: 'v7' }) }),
  key: (event) => event.orderId,
});
export type InvoiceOpened = PayloadOf<typeof InvoiceOpened>;

/** The provider took the money and the ledger has it. */
export const PaymentCaptured = defineMessage({
  name: 'PaymentCaptured',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, providerReference: z.string() }),
  key: (event) => event.orderId,
});
export type PaymentCaptured = PayloadOf<typeof PaymentCaptured>;

/** The provider refused; nothing was charged. `reason` is the provider's own code. */
export const PaymentDeclined = defineMessage({
  name: 'PaymentDeclined',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, reason: z.string() }),
  key: (event) => event.orderId,
});
export type PaymentDeclined = PayloadOf<typeof PaymentDeclined>;

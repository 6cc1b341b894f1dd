import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { uuidV7 } from '../text.js';
import { billingEvents } from '../topics.js';
import { aggregateVersion, declineReason, moneyAmount, orderId, providerReference } from '../values.js';

const payment = { orderId, aggregateVersion, paymentId: uuidV7, amount: moneyAmount };

/** An invoice is open and its payment is being charged. */
export const InvoiceOpened = defineMessage({
  name: 'InvoiceOpened',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, invoiceId: uuidV7 }),
  key: (event) => event.orderId,
});
export type InvoiceOpened = PayloadOf<typeof InvoiceOpened>;

/** The provider took the money and the ledger has it. */
export const PaymentCaptured = defineMessage({
  name: 'PaymentCaptured',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, providerReference }),
  key: (event) => event.orderId,
});
export type PaymentCaptured = PayloadOf<typeof PaymentCaptured>;

/** The provider refused; nothing was charged. `reason` is the provider's own code. */
export const PaymentDeclined = defineMessage({
  name: 'PaymentDeclined',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, reason: declineReason }),
  key: (event) => event.orderId,
});
export type PaymentDeclined = PayloadOf<typeof PaymentDeclined>;

/** Why a payment is voided or refunded. */
export const voidReason = z
  .enum(['cancelled', 'timed-out', 'provider'])
  .describe(
    'The order is called off; no outcome within the time that billing allows; the provider itself refuses the key',
  );
export type VoidReason = z.output<typeof voidReason>;

/** The provider will never take the money: final. */
export const PaymentVoided = defineMessage({
  name: 'PaymentVoided',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, reason: voidReason }),
  key: (event) => event.orderId,
});
export type PaymentVoided = PayloadOf<typeof PaymentVoided>;

/** The provider had taken the money and has given all of it back: final. */
export const PaymentRefunded = defineMessage({
  name: 'PaymentRefunded',
  version: 1,
  topic: billingEvents,
  schema: z.object({ ...payment, providerReference, reason: voidReason }),
  key: (event) => event.orderId,
});
export type PaymentRefunded = PayloadOf<typeof PaymentRefunded>;

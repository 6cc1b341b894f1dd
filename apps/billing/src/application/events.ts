import type {
  VoidReason,
  InvoiceOpened,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  PaymentVoided,
} from '@dozen/contracts';
import type { Payment } from '../domain/payment.js';

const common = ({ orderId, version, id, amount }: Payment) => ({
  orderId,
  aggregateVersion: version,
  paymentId: id,
  amount,
});

export function invoiceOpened(payment: Payment): InvoiceOpened {
  return { ...common(payment), invoiceId: payment.invoiceId };
}

export function paymentCaptured(payment: Payment): PaymentCaptured {
  return { ...common(payment), providerReference: referenceOf(payment) };
}

/** Not every provider says why. */
export function paymentDeclined(payment: Payment): PaymentDeclined {
  return { ...common(payment), reason: payment.declineReason ?? 'unspecified' };
}

export function paymentVoided(payment: Payment): PaymentVoided {
  return { ...common(payment), reason: reasonOf(payment) };
}

export function paymentRefunded(payment: Payment): PaymentRefunded {
  return { ...common(payment), providerReference: referenceOf(payment), reason: reasonOf(payment) };
}

/** The CHECKs of the table guarantee that these fields are set. */
function referenceOf({ id, providerReference }: Payment): string {
  if (providerReference === null) throw new TypeError(`payment ${id} moved money without the provider`);
  return providerReference;
}

function reasonOf({ id, voidReason }: Payment): VoidReason {
  if (voidReason === null) throw new TypeError(`payment ${id} is voided or refunded without a reason`);
  return voidReason;
}

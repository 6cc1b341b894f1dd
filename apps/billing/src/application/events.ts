import type { InvoiceOpened, PaymentCaptured, PaymentDeclined } from '@dozen/contracts';
import type { Payment, SettledPayment } from '../domain/payment.js';

const common = ({ orderId, version, id, amount }: Payment) => ({
  orderId,
  aggregateVersion: version,
  paymentId: id,
  amount,
});

export function invoiceOpened(payment: Payment): InvoiceOpened {
  return { ...common(payment), invoiceId: payment.invoiceId };
}

export function paymentCaptured(payment: SettledPayment): PaymentCaptured {
  return { ...common(payment), providerReference: payment.providerReference };
}

/** Not every provider says why. */
export function paymentDeclined(payment: SettledPayment): PaymentDeclined {
  return { ...common(payment), reason: payment.declineReason ?? 'unspecified' };
}

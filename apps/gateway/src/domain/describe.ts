import { formatMoney } from '@dozen/kernel';
import type { Fact } from './facts.js';

/** One English sentence for people: what happened. Names no person. */
export function describeFact(fact: Fact): string {
  switch (fact.kind) {
    case 'OrderRequested':
      return `Order requested: ${fact.items.map((item) => `${item.quantity} × ${item.sku}`).join(', ')}`;
    case 'OrderPlaced':
      return `Priced and stock reserved: ${formatMoney(fact.total)}`;
    case 'OrderConfirmed':
      return `Paid and confirmed: ${formatMoney(fact.total)}`;
    case 'OrderRejected':
      return `Rejected (${fact.reason}): ${fact.detail}`;
    case 'CancellationRequested':
      return 'Cancellation requested';
    case 'CancellationRefused':
      return `Cancellation refused: ${fact.reason}`;
    case 'OrderCancelling':
      return 'Being cancelled: the payment is given up';
    case 'OrderCancelled':
      return fact.refunded === null ? 'Cancelled' : `Cancelled, ${formatMoney(fact.refunded)} given back`;
    case 'InvoiceOpened':
      return `Invoice opened, ${formatMoney(fact.amount)} is being charged`;
    case 'PaymentCaptured':
      return `Payment of ${formatMoney(fact.amount)} captured`;
    case 'PaymentDeclined':
      return `Payment of ${formatMoney(fact.amount)} declined: ${fact.reason}`;
    case 'PaymentVoided':
      return `Payment of ${formatMoney(fact.amount)} given up: ${fact.reason}`;
    case 'PaymentRefunded':
      return `Payment of ${formatMoney(fact.amount)} given back: ${fact.reason}`;
    case 'MailSent':
      return `Mail sent: ${fact.template}`;
  }
}

import { formatMoney } from '@dozen/kernel';
import type { EntryData } from './entry-data.js';

/** One English sentence for people: what happened. Names no person. */
export function describeEntry(data: EntryData): string {
  switch (data.kind) {
    case 'OrderRequested':
      return `Order requested: ${data.items.map((item) => `${item.quantity} × ${item.sku}`).join(', ')}`;
    case 'OrderPlaced':
      return `Priced and stock reserved: ${formatMoney(data.total)}`;
    case 'OrderConfirmed':
      return `Paid and confirmed: ${formatMoney(data.total)}`;
    case 'OrderRejected':
      return `Rejected (${data.reason}): ${data.detail}`;
    case 'CancellationRequested':
      return 'Cancellation requested';
    case 'CancellationRefused':
      return `Cancellation refused: ${data.reason}`;
    case 'OrderCancelling':
      return 'Being cancelled: the payment is being voided';
    case 'OrderCancelled':
      return data.refunded === null ? 'Cancelled' : `Cancelled, ${formatMoney(data.refunded)} refunded`;
    case 'InvoiceOpened':
      return `Invoice opened, ${formatMoney(data.amount)} is being charged`;
    case 'PaymentCaptured':
      return `Payment of ${formatMoney(data.amount)} captured`;
    case 'PaymentDeclined':
      return `Payment of ${formatMoney(data.amount)} declined: ${data.reason}`;
    case 'PaymentVoided':
      return `Payment of ${formatMoney(data.amount)} voided: ${data.reason}`;
    case 'PaymentRefunded':
      return `Payment of ${formatMoney(data.amount)} refunded: ${data.reason}`;
    case 'MailSent':
      return `Mail sent: ${data.template}`;
  }
}

import { addMoney, type Money, money, multiplyMoney, sameMoney } from '@dozen/kernel';
import { billingError } from '../errors.js';

export interface InvoiceLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

/** What an order is to be paid for. One per order; never changes. */
export interface Invoice {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: readonly InvoiceLine[];
  readonly total: Money;
}

/** @throws BIL-TOTAL-MISMATCH; MONEY-CURRENCY when the lines have several currencies. */
export function openInvoice(invoice: Invoice): Invoice {
  const { orderId, lines, total } = invoice;
  const sum = lines.reduce(
    (subtotal, { unitPrice, quantity }) => addMoney(subtotal, multiplyMoney(unitPrice, quantity)),
    money(0, total.currency),
  );
  if (!sameMoney(sum, total)) {
    throw billingError('BIL-TOTAL-MISMATCH', `the lines add up to ${sum.amount}, the total is ${total.amount}`, {
      details: { orderId, sum, total },
    });
  }
  return invoice;
}

/** True when both bill the same customer for the same lines, in the same order. */
export function sameInvoice(a: Invoice, b: Invoice): boolean {
  return (
    a.orderId === b.orderId &&
    a.customerId === b.customerId &&
    sameMoney(a.total, b.total) &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, index) => sameLine(line, b.lines[index]))
  );
}

function sameLine(a: InvoiceLine, b: InvoiceLine | undefined): boolean {
  return (
    b !== undefined &&
    a.sku === b.sku &&
    a.name === b.name &&
    a.quantity === b.quantity &&
    sameMoney(a.unitPrice, b.unitPrice)
  );
}

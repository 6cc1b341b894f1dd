import { InvoiceOpened, type OrderPlaced } from '@dozen/contracts';
import { Jobs, type UnitOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { CONFIG } from '@dozen/service';
import { Inject, Injectable } from '@nestjs/common';
import type { BillingConfig } from '../config.js';
import { type Invoice, openInvoice, sameInvoice } from '../domain/invoice.js';
import { book } from '../domain/ledger.js';
import { requestPayment } from '../domain/payment.js';
import { billingError } from '../errors.js';
import { invoiceOpened } from './events.js';
import { chargePayment, timeOutPayment } from './payment-jobs.js';
import { Invoices, Ledger, Payments } from './ports.js';

/** An order is placed: its invoice, a payment that waits for the provider, the job that asks for it, and its timer. */
@Injectable()
export class OpenInvoice {
  constructor(
    private readonly invoices: Invoices,
    private readonly payments: Payments,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
    @Inject(CONFIG) private readonly config: Pick<BillingConfig, 'PAYMENT_TIMEOUT_S'>,
  ) {}

  /** Does nothing when the order has this invoice already. @throws BIL-TOTAL-MISMATCH, BIL-DUPLICATE-INVOICE. */
  async run(unit: UnitOfWork, order: OrderPlaced): Promise<void> {
    const { orderId, customer, items: lines, total, paymentToken } = order;
    const invoice = openInvoice({ id: newId(), orderId, customerId: customer.id, lines, total });
    const existing = await this.invoices.add(unit, invoice);
    if (existing !== undefined) {
      refuseOther(existing, invoice);
      return;
    }
    const payment = requestPayment(invoice, { id: newId(), paymentToken });
    await this.payments.add(unit, payment);
    await this.ledger.book(unit, book('invoice', payment));
    const job = { paymentId: payment.id };
    const once = { singletonKey: payment.id };
    await this.jobs.enqueue(unit, chargePayment, job, once);
    await this.jobs.enqueue(unit, timeOutPayment, job, { ...once, startAfterSeconds: this.config.PAYMENT_TIMEOUT_S });
    unit.publish(InvoiceOpened, invoiceOpened(payment));
  }
}

function refuseOther(existing: Invoice, invoice: Invoice): void {
  if (sameInvoice(existing, invoice)) return;
  throw billingError('BIL-DUPLICATE-INVOICE', 'the order has an invoice with other content', {
    details: { orderId: invoice.orderId, invoiceId: existing.id },
  });
}

import { CONFIG } from '@dozen/service';
import { Module } from '@nestjs/common';
import { paymentWorkers } from './adapters/jobs/payment.workers.js';
import { OrderEventsController } from './adapters/kafka/order-events.controller.js';
import { PostgresInvoices } from './adapters/postgres/postgres-invoices.js';
import { PostgresLedger } from './adapters/postgres/postgres-ledger.js';
import { PostgresPayments } from './adapters/postgres/postgres-payments.js';
import { HttpPaymentProvider } from './adapters/provider/http-payment-provider.js';
import { AdvancePayment } from './application/advance-payment.js';
import { AskProvider } from './application/ask-provider.js';
import { VoidPayment } from './application/void-payment.js';
import { OpenInvoice } from './application/open-invoice.js';
import { Invoices, Ledger, PaymentProvider, Payments } from './application/ports.js';
import type { BillingConfig } from './config.js';

/** Whom billing pays through. The jobs and the command `reconciliation` take it from here. */
export const paymentProvider = (config: BillingConfig): PaymentProvider => new HttpPaymentProvider(config);

/** What billing is made of. */
@Module({
  // Kafka in
  controllers: [OrderEventsController],
  providers: [
    // use cases
    OpenInvoice,
    AskProvider,
    VoidPayment,
    AdvancePayment,
    // jobs
    ...paymentWorkers,
    // PostgreSQL
    { provide: Invoices, useClass: PostgresInvoices },
    { provide: Payments, useClass: PostgresPayments },
    { provide: Ledger, useClass: PostgresLedger },
    // the payment provider
    { provide: PaymentProvider, useFactory: paymentProvider, inject: [CONFIG] },
  ],
})
export class AppModule {}

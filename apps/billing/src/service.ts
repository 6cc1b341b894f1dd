import { billingEvents, ordersEvents } from '@dozen/contracts';
import { defineService } from '@dozen/service';
import { reconciliation } from './adapters/admin/reconciliation.js';
import { InvoiceEntity } from './adapters/postgres/entities/invoice.entity.js';
import { LedgerEntryEntity } from './adapters/postgres/entities/ledger-entry.entity.js';
import { LedgerTransactionEntity } from './adapters/postgres/entities/ledger-transaction.entity.js';
import { PaymentEntity } from './adapters/postgres/entities/payment.entity.js';
import { AddGivingUp1764200000000 } from './adapters/postgres/migrations/add-giving-up.js';
import { CreateBilling1764000000000 } from './adapters/postgres/migrations/create-billing.js';
import { AppModule, paymentProvider } from './app.module.js';
import { paymentJobs } from './application/payment-jobs.js';
import { billingConfig } from './config.js';

/** billing: owns the payment of an order, and the ledger. */
export const billingService = defineService({
  name: 'billing',
  config: billingConfig,
  module: AppModule,
  entities: [InvoiceEntity, PaymentEntity, LedgerTransactionEntity, LedgerEntryEntity],
  migrations: [CreateBilling1764000000000, AddGivingUp1764200000000],
  topics: [billingEvents],
  consumes: [ordersEvents],
  jobs: paymentJobs,
  commands: [reconciliation(paymentProvider)],
});

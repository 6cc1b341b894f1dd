import { renderTable } from '@dozen/config';
import type { AdminCommand } from '@dozen/service';
import type { PaymentProvider } from '../../application/ports.js';
import { reconcile, type Reconciliation } from '../../application/reconcile.js';
import type { BillingConfig } from '../../config.js';
import { PostgresBooks } from '../postgres/postgres-books.js';

/** `reconciliation`: 0 when ledger and provider agree, 1 when not. Changes nothing; billing may run meanwhile. */
export function reconciliation(provider: (config: BillingConfig) => PaymentProvider): AdminCommand<BillingConfig> {
  return {
    name: 'reconciliation',
    description: 'compare the ledger with the payment provider; exits 1 when they differ',
    run: async ({ dataSource, config }) => {
      const result = await reconcile(new PostgresBooks(dataSource), provider(config));
      return { text: textOf(result), json: result, status: result.differences.length === 0 ? 0 : 1 };
    },
  };
}

function textOf({ payments, charges, open, differences }: Reconciliation): string {
  const summary = `${payments} payments (${open} open), ${charges} charges, ${differences.length} differences`;
  if (differences.length === 0) return summary;
  const rows = differences.map((difference) => [
    difference.what,
    difference.paymentId ?? '',
    difference.orderId ?? '',
    difference.reference ?? '',
    difference.billing,
    difference.provider,
  ]);
  return `${renderTable(['WHAT', 'PAYMENT', 'ORDER', 'CHARGE', 'BILLING', 'PROVIDER'], rows)}\n${summary}`;
}

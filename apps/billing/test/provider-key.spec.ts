import { eventually } from '@dozen/testing';
import { order, record, startBilling } from './support/billing.js';
import { PROVIDER_KEY, startProvider } from './support/provider.js';

describe('a key that the provider does not know', () => {
  it('costs no customer the order, and shows up in the log, without the key', async () => {
    const providerKey = 'the-key-of-last-year';
    const provider = await startProvider();
    const billing = await startBilling({ providerUrl: provider.url, processTypes: 'consumer' });
    try {
      const stale = await billing.sibling({ PROCESS_TYPES: 'jobs', PAYMENT_PROVIDER_KEY: providerKey });
      const placed = order('tok_ok');
      await billing.send(record(placed));
      await billing.untilPublished(placed.orderId, ['InvoiceOpened']);
      const told = () => billing.logs.filter((line) => line.includes('BIL-PROVIDER-UNAUTHORIZED')).length;
      await eventually(() => expect(told()).toBeGreaterThan(1));
      expect(await billing.published(placed.orderId)).toHaveLength(1);
      expect(await provider.charges(placed.orderId)).toEqual([]);

      await stale.stop();
      const known = await billing.sibling({ PROCESS_TYPES: 'jobs' });
      await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
      await known.stop();
      for (const key of [providerKey, PROVIDER_KEY]) expect(billing.logs.join()).not.toContain(key);
    } finally {
      await billing.stop();
      await provider.stop();
    }
  });
});

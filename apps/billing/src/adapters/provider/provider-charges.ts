import { providerReference, text } from '@dozen/contracts';
import { inPages } from '@dozen/kernel';
import { z } from 'zod';
import type { ProviderCharge } from '../../domain/reconciliation.js';
import { billingError } from '../../errors.js';

const PAGE = 1_000;
const page = z.object({
  charges: z.array(
    z.object({
      id: providerReference.min(1),
      key: text({ min: 1, max: 255 }),
      amount: z.int().min(0),
      currency: text({ max: 10 }),
      status: z.enum(['captured', 'declined', 'cancelled', 'refunded']),
    }),
  ),
});

/** What the provider has in its books. All throw BIL-PROVIDER-UNAVAILABLE, -UNAUTHORIZED and -ANSWER. */
export class ProviderCharges {
  readonly #url: URL;
  readonly #authorization: string;

  constructor(config: { readonly PAYMENT_PROVIDER_URL: string; readonly PAYMENT_PROVIDER_KEY: string }) {
    this.#authorization = `Bearer ${config.PAYMENT_PROVIDER_KEY}`;
    this.#url = new URL('v1/charges', config.PAYMENT_PROVIDER_URL.replace(/\/*$/, '/'));
  }

  /** Oldest first. */
  all(): AsyncIterable<ProviderCharge> {
    const limit = String(PAGE);
    return inPages((last?: ProviderCharge) =>
      this.#read(last === undefined ? { limit } : { limit, after: last.reference }),
    );
  }

  async of(idempotencyKey: string): Promise<ProviderCharge | undefined> {
    return (await this.#read({ key: idempotencyKey }))[0];
  }

  async #read(query: Record<string, string>): Promise<ProviderCharge[]> {
    const url = new URL(`?${new URLSearchParams(query).toString()}`, this.#url);
    const headers = { authorization: this.#authorization };
    const options = { headers, redirect: 'manual', signal: AbortSignal.timeout(30_000) } as const;
    const response = await fetch(url, options).catch((cause: unknown) => {
      throw billingError('BIL-PROVIDER-UNAVAILABLE', 'the payment provider does not list its charges', { cause });
    });
    const details = { status: response.status };
    if (response.status === 401 || response.status === 403) {
      throw billingError('BIL-PROVIDER-UNAUTHORIZED', 'the payment provider does not know PAYMENT_PROVIDER_KEY', {
        details,
      });
    }
    if (!response.ok) throw billingError('BIL-PROVIDER-UNAVAILABLE', 'the provider lists no charges', { details });
    const parsed = page.safeParse(await response.json());
    if (!parsed.success) throw billingError('BIL-PROVIDER-ANSWER', 'that is no list of charges', { details });
    return parsed.data.charges.map(({ id, key, amount, currency, status }) => ({
      reference: id,
      idempotencyKey: key,
      amount: { amount, currency },
      status,
    }));
  }
}

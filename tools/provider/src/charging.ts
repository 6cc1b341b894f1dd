import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { behaviourOf, faultOf } from './behaviour.js';
import { ProviderError } from './errors.js';
import type { Charge, ChargeStore } from './store.js';

/** Zero is allowed: card networks take it as the check of a card. */
export const chargeRequest = z.strictObject({
  amount: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
  token: z.string().min(1).max(200),
  reference: z.string().min(1).max(200),
});
export type ChargeRequest = z.output<typeof chargeRequest>;

export interface ChargingOptions {
  readonly store: ChargeStore;
  /** How long `tok_slow` takes, in ms. */
  readonly slowMs: number;
  /** Aborted when the process ends: what has not happened yet does not happen. */
  readonly signal: AbortSignal;
}

/**
 * Carries out one request.
 * @returns the charge, the same for every request with the key; 'silent' when the caller must never hear of it.
 * @throws PROVIDER-KEY-REUSED, PROVIDER-UNAVAILABLE
 */
export async function charge(
  options: ChargingOptions,
  key: string,
  request: ChargeRequest,
): Promise<Charge | 'silent'> {
  const { store, slowMs, signal } = options;
  const { attempt, matches } = store.arrive(key, fingerprintOf(request));
  if (!matches) throw new ProviderError('PROVIDER-KEY-REUSED', 'the key was used with another body');
  const behaviour = behaviourOf(request.token);
  const fault = faultOf(behaviour, key, attempt);
  if (fault === 'before') throw new ProviderError('PROVIDER-UNAVAILABLE', 'nothing happened');
  if (behaviour.slow === true && store.byKey(key) === undefined) await slowly(slowMs, signal);
  const result = store.charge({ key, ...request }, behaviour.outcome);
  if (fault === 'after') throw new ProviderError('PROVIDER-UNAVAILABLE', 'it happened, and this is not the answer');
  return behaviour.silent === true ? 'silent' : result;
}

async function slowly(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new ProviderError('PROVIDER-UNAVAILABLE', 'the provider is shutting down');
  });
}

function fingerprintOf({ amount, currency, token, reference }: ChargeRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([amount, currency, token, reference]))
    .digest('hex');
}

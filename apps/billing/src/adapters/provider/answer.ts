import { declineReason, providerReference, text } from '@dozen/contracts';
import { toPlainText } from '@dozen/kernel';
import { z } from 'zod';
import type { ChargeAnswer } from '../../domain/payment.js';
import type { ProviderCharge } from '../../domain/reconciliation.js';

/**
 * The provider's id of a charge. It is sent back to the provider and compared with its list, so it must be storable unchanged.
 */
const id = providerReference.min(1);

/** The code is for people: a charge is declined whatever the code says, so a code that cannot be stored is cut or dropped. */
const declineCode = z
  .string()
  .transform((code) => toPlainText(code.slice(0, declineReason.maxLength ?? 0)) || null)
  .nullish();

const charge = z.discriminatedUnion('status', [
  z.object({ id, status: z.enum(['captured', 'cancelled', 'refunded']) }),
  z.object({ id, status: z.literal('declined'), declineCode }),
]);

/** What the provider knows about a key: the charge that was made under it, or that none was made and none will be. */
const payment = z.union([
  z.object({ charge }),
  z.object({ charge: z.undefined().optional(), cancelled: z.literal(true) }),
]);

const list = z.object({
  charges: z.array(
    z.object({
      id,
      key: text({ min: 1, max: 255 }),
      amount: z.int().min(0),
      currency: text({ max: 10 }),
      status: z.enum(['captured', 'declined', 'cancelled', 'refunded']),
    }),
  ),
});

/** The provider's charge in our words; undefined for anything else. */
export function readCharge(text: string): ChargeAnswer | undefined {
  const parsed = charge.safeParse(parseJson(text));
  return parsed.success ? answerOf(parsed.data) : undefined;
}

/** What the provider says of a key that it was told to void; undefined for anything else. */
export function readPayment(text: string): ChargeAnswer | undefined {
  const parsed = payment.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  return parsed.data.charge === undefined ? { kind: 'ChargeVoided', reference: null } : answerOf(parsed.data.charge);
}

/** A page of the provider's list; undefined for anything else. */
export function readCharges(text: string): ProviderCharge[] | undefined {
  return list
    .safeParse(parseJson(text))
    .data?.charges.map(({ id: reference, key: idempotencyKey, amount, currency, status }) => ({
      reference,
      idempotencyKey,
      amount: { amount, currency },
      status,
    }));
}

function answerOf(found: z.output<typeof charge>): ChargeAnswer {
  const { id: reference } = found;
  switch (found.status) {
    case 'captured':
      return { kind: 'ChargeCaptured', reference };
    case 'declined':
      return { kind: 'ChargeDeclined', reference, reason: found.declineCode ?? null };
    case 'cancelled':
      return { kind: 'ChargeVoided', reference };
    case 'refunded':
      return { kind: 'ChargeRefunded', reference };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

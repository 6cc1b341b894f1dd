import { declineReason, providerReference } from '@dozen/contracts';
import { toPlainText } from '@dozen/kernel';
import { z } from 'zod';
import type { ChargeAnswer } from '../../domain/payment.js';

/** Told to the provider again and compared with its list: it must be storable as it is. */
const id = providerReference.min(1);

/** For people: a refusal is one, whatever its word. */
const declineCode = z
  .string()
  .transform((code) => toPlainText(code.slice(0, declineReason.maxLength ?? 0)) || null)
  .nullish();

const charge = z.discriminatedUnion('status', [
  z.object({ id, status: z.enum(['captured', 'cancelled', 'refunded']) }),
  z.object({ id, status: z.literal('declined'), declineCode }),
]);

/** What is known of a key: the charge that came of it, or none and none to come. */
const payment = z.union([
  z.object({ charge }),
  z.object({ charge: z.undefined().optional(), cancelled: z.literal(true) }),
]);

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

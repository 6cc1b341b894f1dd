import { z } from 'zod';
import type { ChargeAnswer } from '../../domain/payment.js';

const charge = z.discriminatedUnion('status', [
  z.object({ id: z.string().min(1), status: z.literal('captured') }),
  z.object({ id: z.string().min(1), status: z.literal('declined'), declineCode: z.string().min(1).nullish() }),
]);

/** The provider's body in our words; undefined for anything that is not a charge that happened or was declined. */
export function readAnswer(text: string): ChargeAnswer | undefined {
  const parsed = charge.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { id: reference, status } = parsed.data;
  switch (status) {
    case 'captured':
      return { kind: 'ChargeCaptured', reference };
    case 'declined':
      return { kind: 'ChargeDeclined', reference, reason: parsed.data.declineCode ?? null };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

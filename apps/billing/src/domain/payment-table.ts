/**
 * The life of a payment. `requested` waits for the provider; `captured` and `declined` are final.
 * An input is the provider's word on the charge.
 */
export const paymentStates = ['requested', 'captured', 'declined'] as const;
export type PaymentState = (typeof paymentStates)[number];

export const paymentInputs = ['ChargeCaptured', 'ChargeDeclined'] as const;
export type PaymentInput = (typeof paymentInputs)[number];

/** The payment changes: its version grows by one, the ledger books it, and one event says so. */
export interface PaymentChange {
  readonly kind: 'change';
  readonly to: PaymentState;
  readonly books: 'capture' | 'cancellation';
  readonly event: 'PaymentCaptured' | 'PaymentDeclined';
}

/** `ignore`: the payment no longer waits for this; nothing happens. */
export type PaymentStep = PaymentChange | { readonly kind: 'ignore' };

type PaymentTable = Readonly<Record<PaymentState, Readonly<Record<PaymentInput, PaymentStep>>>>;

const ignore: PaymentStep = { kind: 'ignore' };
const final = { ChargeCaptured: ignore, ChargeDeclined: ignore };

/**
 * State × input → step. Total: every pair has an answer. The provider answers every attempt at a key alike, so what
 * reaches a final state is a repeat.
 */
export const paymentTable: PaymentTable = {
  requested: {
    ChargeCaptured: { kind: 'change', to: 'captured', books: 'capture', event: 'PaymentCaptured' },
    ChargeDeclined: { kind: 'change', to: 'declined', books: 'cancellation', event: 'PaymentDeclined' },
  },
  captured: final,
  declined: final,
};

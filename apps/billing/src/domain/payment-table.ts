/**
 * The life of a payment. `requested` waits for the provider's answer to the charge; `voiding` waits until
 * the provider says what became of it; `refunding` was captured and is being refunded. The other four are final.
 */
export const paymentStates = [
  'requested',
  'voiding',
  'refunding',
  'captured',
  'declined',
  'voided',
  'refunded',
] as const;
export type PaymentState = (typeof paymentStates)[number];

/** What a payment reacts to: the provider's answers about the charge, the timer, and the cancellation of the order. */
export const chargeAnswers = ['ChargeCaptured', 'ChargeDeclined', 'ChargeVoided', 'ChargeRefunded'] as const;
export const paymentInputs = [...chargeAnswers, 'TimedOut', 'OrderCancelling'] as const;
export type PaymentInputKind = (typeof paymentInputs)[number];

export interface PaymentChange {
  readonly kind: 'change';
  readonly to: PaymentState;
  /** What the ledger books. */
  readonly books?: 'capture' | 'cancellation' | 'refund';
  /** The version grows by one with it. */
  readonly event?: 'PaymentCaptured' | 'PaymentDeclined' | 'PaymentVoided' | 'PaymentRefunded';
  /** What the provider is asked for from now on, in a job. */
  readonly asks?: 'void' | 'refund';
}

/** `ignore`: the payment does not wait for this; nothing happens. */
export type PaymentStep = PaymentChange | { readonly kind: 'ignore' };

type PaymentTable = Readonly<Record<PaymentState, Readonly<Record<PaymentInputKind, PaymentStep>>>>;

const ignore: PaymentStep = { kind: 'ignore' };
const final: Readonly<Record<PaymentInputKind, PaymentStep>> = {
  ChargeCaptured: ignore,
  ChargeDeclined: ignore,
  ChargeVoided: ignore,
  ChargeRefunded: ignore,
  TimedOut: ignore,
  OrderCancelling: ignore,
};
const noMoney: Readonly<Record<'ChargeDeclined' | 'ChargeVoided' | 'ChargeRefunded', PaymentStep>> = {
  ChargeDeclined: { kind: 'change', to: 'declined', books: 'cancellation', event: 'PaymentDeclined' },
  ChargeVoided: { kind: 'change', to: 'voided', books: 'cancellation', event: 'PaymentVoided' },
  // Captured and refunded before billing knew of either: it comes to the same.
  ChargeRefunded: { kind: 'change', to: 'refunded', books: 'cancellation', event: 'PaymentRefunded' },
};
const beginVoiding: PaymentStep = { kind: 'change', to: 'voiding', asks: 'void' };

/**
 * State × input → step. Total: every pair has an answer. The timer, the order and the provider's answer meet on the
 * payment's row, and the first legal change wins. While it is `voiding` its outcome is unknown: the provider is asked to
 * void the charge until it says what became of it, and money that was captured after all is refunded. The capture is
 * then no event: orders must not confirm it.
 */
export const paymentTable: PaymentTable = {
  requested: {
    ...noMoney,
    ChargeCaptured: { kind: 'change', to: 'captured', books: 'capture', event: 'PaymentCaptured' },
    TimedOut: beginVoiding,
    OrderCancelling: beginVoiding,
  },
  voiding: {
    ...noMoney,
    ChargeCaptured: { kind: 'change', to: 'refunding', books: 'capture', asks: 'refund' },
    TimedOut: ignore,
    OrderCancelling: ignore,
  },
  captured: {
    ...final,
    OrderCancelling: { kind: 'change', to: 'refunding', asks: 'refund' },
  },
  refunding: {
    ...final,
    ChargeRefunded: { kind: 'change', to: 'refunded', books: 'refund', event: 'PaymentRefunded' },
  },
  declined: final,
  voided: final,
  refunded: final,
};

/**
 * The life of an order. `new` is an order that orders has not stored; `confirmed`, `rejected` and `cancelled` are final.
 * A PlaceOrder becomes `Accepted` when every SKU is known and its stock could be reserved, else `Refused`.
 */
export const orderStates = ['new', 'placed', 'cancelling', 'confirmed', 'rejected', 'cancelled'] as const;
export type OrderState = (typeof orderStates)[number];

export const paymentOutcomes = ['PaymentCaptured', 'PaymentDeclined', 'PaymentVoided', 'PaymentRefunded'] as const;
export const orderInputs = ['Accepted', 'Refused', 'CancelOrder', ...paymentOutcomes] as const;
export type OrderInput = (typeof orderInputs)[number];

/** What happens to the stock of each line of the order. */
export type StockMove = 'reserve' | 'sell' | 'release';

/** The order changes: its version grows by one, and one event says so. */
export interface OrderChange {
  readonly kind: 'change';
  readonly to: Exclude<OrderState, 'new'>;
  readonly stock: StockMove | 'none';
  readonly event: 'OrderPlaced' | 'OrderConfirmed' | 'OrderRejected' | 'OrderCancelling' | 'OrderCancelled';
}

export type OrderStep =
  | OrderChange
  /** Nothing happens: it was said before, or it is not the last word yet. */
  | { readonly kind: 'ignore' }
  /** Nothing changes, and whoever asks is told why. */
  | { readonly kind: 'refuse'; readonly reason: 'ORD-UNKNOWN' | 'ORD-CONFIRMED' | 'ORD-REJECTED' }
  /** Another service contradicts what is settled: nothing happens, and an operator must look. */
  | { readonly kind: 'contradiction' };

const ignore = { kind: 'ignore' } as const satisfies OrderStep;
const contradiction = { kind: 'contradiction' } as const satisfies OrderStep;
const there = { Accepted: ignore, Refused: ignore } as const;
const reject = { kind: 'change', to: 'rejected', stock: 'release', event: 'OrderRejected' } as const;
const cancel = { kind: 'change', to: 'cancelled', stock: 'release', event: 'OrderCancelled' } as const;

type OrderTable = Readonly<Record<OrderState, Readonly<Record<OrderInput, OrderStep>>>>;

/**
 * State × input → step. The table is total: every pair has an answer. billing owns the payment and ends it with one word:
 * Declined, Voided, Refunded, or Captured unless it has to be refunded. A word that does not fit an order that is settled is a
 * defect somewhere: money may have been taken for an order that is not confirmed.
 */
export const orderTable = {
  new: {
    Accepted: { kind: 'change', to: 'placed', stock: 'reserve', event: 'OrderPlaced' },
    Refused: { kind: 'change', to: 'rejected', stock: 'none', event: 'OrderRejected' },
    CancelOrder: { kind: 'refuse', reason: 'ORD-UNKNOWN' },
    PaymentCaptured: contradiction,
    PaymentDeclined: contradiction,
    PaymentVoided: contradiction,
    PaymentRefunded: contradiction,
  },
  placed: {
    ...there,
    CancelOrder: { kind: 'change', to: 'cancelling', stock: 'none', event: 'OrderCancelling' },
    PaymentCaptured: { kind: 'change', to: 'confirmed', stock: 'sell', event: 'OrderConfirmed' },
    PaymentDeclined: reject,
    PaymentVoided: reject,
    PaymentRefunded: reject,
  },
  // Its stock stays reserved until billing is through: a capture that was on its way is refunded, never confirmed.
  cancelling: {
    ...there,
    CancelOrder: ignore,
    PaymentCaptured: ignore,
    PaymentDeclined: cancel,
    PaymentVoided: cancel,
    PaymentRefunded: cancel,
  },
  confirmed: {
    ...there,
    CancelOrder: { kind: 'refuse', reason: 'ORD-CONFIRMED' },
    PaymentCaptured: ignore,
    PaymentDeclined: contradiction,
    PaymentVoided: contradiction,
    PaymentRefunded: contradiction,
  },
  rejected: {
    ...there,
    CancelOrder: { kind: 'refuse', reason: 'ORD-REJECTED' },
    PaymentCaptured: contradiction,
    PaymentDeclined: ignore,
    PaymentVoided: ignore,
    PaymentRefunded: ignore,
  },
  cancelled: {
    ...there,
    CancelOrder: ignore,
    PaymentCaptured: contradiction,
    PaymentDeclined: ignore,
    PaymentVoided: ignore,
    PaymentRefunded: ignore,
  },
} as const satisfies OrderTable;

/**
 * The life of an order. `new` is an order that orders has not stored; `confirmed` and `rejected` are final.
 * A PlaceOrder becomes `Accepted` when every SKU is known and its stock could be reserved, else `Refused`.
 */
export const orderStates = ['new', 'placed', 'confirmed', 'rejected'] as const;
export type OrderState = (typeof orderStates)[number];

export const orderInputs = ['Accepted', 'Refused', 'PaymentCaptured', 'PaymentDeclined'] as const;
export type OrderInput = (typeof orderInputs)[number];

/** What happens to the stock of each line of the order. */
export type StockMove = 'reserve' | 'sell' | 'release';

/** The order changes: its version grows by one, and one event says so. */
export interface OrderChange {
  readonly kind: 'change';
  readonly to: Exclude<OrderState, 'new'>;
  readonly stock: StockMove | 'none';
  readonly event: 'OrderPlaced' | 'OrderConfirmed' | 'OrderRejected';
}

export type OrderStep =
  | OrderChange
  /** The order is there already; nothing happens. */
  | { readonly kind: 'ignore' }
  /** Another service contradicts what is settled: nothing happens, and an operator must look. */
  | { readonly kind: 'contradiction' };

const ignore = { kind: 'ignore' } as const satisfies OrderStep;
const contradiction = { kind: 'contradiction' } as const satisfies OrderStep;

type OrderTable = Readonly<Record<OrderState, Readonly<Record<OrderInput, OrderStep>>>>;

/**
 * State × input → step. Total: every pair has an answer. billing owns the payment and speaks its final word once, so a
 * second and different word is a defect somewhere: money may have been taken for an order that is off.
 */
export const orderTable = {
  new: {
    Accepted: { kind: 'change', to: 'placed', stock: 'reserve', event: 'OrderPlaced' },
    Refused: { kind: 'change', to: 'rejected', stock: 'none', event: 'OrderRejected' },
    PaymentCaptured: contradiction,
    PaymentDeclined: contradiction,
  },
  placed: {
    Accepted: ignore,
    Refused: ignore,
    PaymentCaptured: { kind: 'change', to: 'confirmed', stock: 'sell', event: 'OrderConfirmed' },
    PaymentDeclined: { kind: 'change', to: 'rejected', stock: 'release', event: 'OrderRejected' },
  },
  confirmed: {
    Accepted: ignore,
    Refused: ignore,
    PaymentCaptured: ignore,
    PaymentDeclined: contradiction,
  },
  rejected: {
    Accepted: ignore,
    Refused: ignore,
    PaymentCaptured: contradiction,
    PaymentDeclined: ignore,
  },
} as const satisfies OrderTable;

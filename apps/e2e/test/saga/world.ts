import { type Booking, type ChargeAnswer, type Payment } from '@dozen/billing/domain';
import type { Order, PaymentOutcome, StockLevel } from '@dozen/orders/domain';

/** What the provider has under the payment's key. */
export interface Provider {
  readonly voided: boolean;
  readonly charge: 'none' | 'captured' | 'declined' | 'cancelled' | 'refunded';
}

export const jobNames = ['charge', 'void', 'refund', 'timeOut'] as const;
export type JobName = (typeof jobNames)[number];

/**
 * `sent`: the payment was read, and the request is on its way, whatever becomes of the payment meanwhile. The worker holds an
 * answer until it is written down.
 */
export type Job = 'none' | 'due' | 'sent' | ChargeAnswer;

/** One order in the whole system: what each service has stored, what is on each topic, what each job does. */
export interface World {
  readonly order: Order | null;
  readonly stock: StockLevel;
  readonly payment: Payment | null;
  readonly booked: readonly Booking[];
  readonly provider: Provider;
  readonly jobs: Readonly<Record<JobName, Job>>;
  /** The messages of orders.commands, orders.events and billing.events that their consumer has not taken yet. */
  readonly commands: readonly ('PlaceOrder' | 'CancelOrder')[];
  readonly ordersEvents: readonly ('OrderPlaced' | 'OrderCancelling')[];
  readonly billingEvents: readonly PaymentOutcome[];
  /** What may still happen: commands of the client, and answers of the provider that get lost. */
  readonly wishes: { readonly place: number; readonly cancel: number };
  readonly losses: number;
}

export const CUSTOMER = 'c-1';
export const ORDER_ID = '01980000-0000-7000-8000-000000000001';
export const TOTAL = { amount: 2500, currency: 'EUR' };
export const UNITS = 2;

export function beginning({ wishes, losses }: Pick<World, 'wishes' | 'losses'>): World {
  return {
    order: null,
    stock: { available: 5, reserved: 0, sold: 0 },
    payment: null,
    booked: [],
    provider: { voided: false, charge: 'none' },
    jobs: { charge: 'none', void: 'none', refund: 'none', timeOut: 'none' },
    commands: [],
    ordersEvents: [],
    billingEvents: [],
    wishes,
    losses,
  };
}

import type { MailTemplate, RejectionReason } from '@dozen/contracts';
import type { Money } from '@dozen/kernel';
import type { Fact, PricedItem, RequestedItem } from './facts.js';

/** `pending` until orders has spoken. The other words are those of orders, never of billing. */
export type OrderStatus = 'pending' | 'placed' | 'confirmed' | 'rejected';

export interface PaymentView {
  readonly version: number;
  readonly status: 'charging' | 'captured' | 'declined';
  readonly amount: Money;
  /** The provider's code when declined. */
  readonly reason: string | null;
}

export interface MailView {
  readonly template: MailTemplate;
  readonly time: string;
}

/**
 * One order as its timeline tells it. JSON without loss, for it is stored on the order's row. Times are ISO 8601 UTC.
 *
 * Kafka keeps no order between topics, so each part listens to one of them only: `status`, `items`, `total` and
 * `rejection` to orders.events (before that, to the request), `payment` to billing.events, `mails` to notifier.events;
 * the two times are a minimum and a maximum. Hence every arrival order that keeps each topic's own gives the same view.
 */
export interface OrderView {
  /** The aggregate version of the order in orders; 0 until orders has spoken. */
  readonly version: number;
  readonly status: OrderStatus;
  readonly items: readonly (RequestedItem | PricedItem)[];
  readonly total: Money | null;
  readonly rejection: { readonly reason: RejectionReason; readonly detail: string } | null;
  readonly payment: PaymentView | null;
  readonly mails: readonly MailView[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What the fold needs of a timeline entry. */
export interface Happening {
  readonly time: Date;
  readonly fact: Fact;
}

/** The view of a whole timeline, in the order of its positions; undefined for an empty one. */
export function foldTimeline(entries: Iterable<Happening>): OrderView | undefined {
  let view: OrderView | undefined;
  for (const entry of entries) view = foldEntry(view, entry);
  return view;
}

/** The view after one more entry. */
export function foldEntry(before: OrderView | undefined, { time, fact }: Happening): OrderView {
  const at = time.toISOString();
  const view = before ?? emptyView(at);
  return {
    ...foldFact(view, fact, at),
    createdAt: at < view.createdAt ? at : view.createdAt,
    updatedAt: at > view.updatedAt ? at : view.updatedAt,
  };
}

function emptyView(at: string): OrderView {
  return {
    version: 0,
    status: 'pending',
    items: [],
    total: null,
    rejection: null,
    payment: null,
    mails: [],
    createdAt: at,
    updatedAt: at,
  };
}

function foldFact(view: OrderView, fact: Fact, at: string): OrderView {
  switch (fact.kind) {
    case 'OrderRequested':
      return view.version > 0 ? view : { ...view, items: fact.items };
    case 'OrderPlaced':
    case 'OrderConfirmed': {
      if (fact.version <= view.version) return view;
      const { version, items, total } = fact;
      return { ...view, version, items, total, status: fact.kind === 'OrderPlaced' ? 'placed' : 'confirmed' };
    }
    case 'OrderRejected': {
      if (fact.version <= view.version) return view;
      const { version, reason, detail } = fact;
      // Its items have no prices; those of an OrderPlaced before it say more.
      const items = view.version > 0 ? view.items : fact.items;
      return { ...view, version, items, status: 'rejected', rejection: { reason, detail } };
    }
    case 'InvoiceOpened':
    case 'PaymentCaptured':
    case 'PaymentDeclined':
      return { ...view, payment: foldPayment(view.payment, fact) };
    case 'MailSent':
      return { ...view, mails: [...view.mails, { template: fact.template, time: at }] };
  }
}

type PaymentFact = Extract<Fact, { kind: 'InvoiceOpened' | 'PaymentCaptured' | 'PaymentDeclined' }>;

const PAYMENT_STATUS = {
  InvoiceOpened: 'charging',
  PaymentCaptured: 'captured',
  PaymentDeclined: 'declined',
} as const satisfies Record<PaymentFact['kind'], PaymentView['status']>;

function foldPayment(before: PaymentView | null, fact: PaymentFact): PaymentView {
  if (before !== null && fact.version <= before.version) return before;
  const { version, amount } = fact;
  const reason = fact.kind === 'PaymentDeclined' ? fact.reason : null;
  return { version, status: PAYMENT_STATUS[fact.kind], amount, reason };
}

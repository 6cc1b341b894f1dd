import type { CancellationRefusal, RejectionReason } from '@dozen/contracts';
import type { Money } from '@dozen/kernel';
import type { EntryData, PricedItem, RequestedItem } from './entry-data.js';

/** `pending` until the first event of orders. Every other status comes from an event of orders, never from one of billing. */
export type OrderStatus = 'pending' | 'placed' | 'cancelling' | 'confirmed' | 'rejected' | 'cancelled';

const FINAL: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['confirmed', 'rejected', 'cancelled']);

/** Nothing about the order itself changes any more; mails may follow. */
export function isFinal({ status }: Pick<OrderView, 'status'>): boolean {
  return FINAL.has(status);
}

export interface PaymentView {
  readonly version: number;
  readonly status: 'charging' | 'captured' | 'declined' | 'voided' | 'refunded';
  readonly amount: Money;
  /** The provider's code when declined; why, when it was voided or refunded. */
  readonly reason: string | null;
}

/** A customer's wish to cancel the order, and what orders says to it. */
export interface CancellationView {
  readonly status: 'requested' | 'accepted' | 'refused';
  readonly reason: CancellationRefusal | null;
}

export interface MailView {
  readonly template: string;
  readonly time: string;
}

/**
 * One order as the fold of its timeline. It is stored as JSON on the order's row, so it holds only what JSON keeps. Times are
 * ISO 8601 UTC.
 *
 * Kafka keeps no order between topics, so each part comes from one topic only: `status`, `items`, `total`, `rejection` and
 * `cancellation` from orders.events (before that, from the requests), `payment` from billing.events, `mails` from
 * notifier.events. The two times are a minimum and a maximum. Hence the topics may arrive in any order relative to each other,
 * and the view is the same.
 */
export interface OrderView {
  /** The aggregate version of the order in orders; 0 until orders has spoken. */
  readonly version: number;
  readonly status: OrderStatus;
  readonly items: readonly (RequestedItem | PricedItem)[];
  readonly total: Money | null;
  readonly rejection: { readonly reason: RejectionReason; readonly detail: string } | null;
  readonly cancellation: CancellationView | null;
  readonly payment: PaymentView | null;
  readonly mails: readonly MailView[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The part of a timeline entry that the fold reads. */
export interface FoldInput {
  readonly time: Date;
  readonly data: EntryData;
}

/** The view of a whole timeline, in the order of its positions; undefined for an empty one. */
export function foldTimeline(entries: Iterable<FoldInput>): OrderView | undefined {
  let view: OrderView | undefined;
  for (const entry of entries) view = foldEntry(view, entry);
  return view;
}

/** The view after one more entry. */
export function foldEntry(before: OrderView | undefined, { time, data }: FoldInput): OrderView {
  const at = time.toISOString();
  const view = before ?? emptyView(at);
  return {
    ...foldData(view, data, at),
    createdAt: at < view.createdAt ? at : view.createdAt,
    updatedAt: at > view.updatedAt ? at : view.updatedAt,
  };
}

/** Completes a view that an earlier release stored with the fields that have been added since. */
export function completeView(stored: Omit<OrderView, 'cancellation'> & Partial<OrderView>): OrderView {
  return { ...stored, cancellation: stored.cancellation ?? null };
}

function emptyView(at: string): OrderView {
  return {
    version: 0,
    status: 'pending',
    items: [],
    total: null,
    rejection: null,
    cancellation: null,
    payment: null,
    mails: [],
    createdAt: at,
    updatedAt: at,
  };
}

function foldData(view: OrderView, data: EntryData, at: string): OrderView {
  switch (data.kind) {
    case 'OrderRequested':
      return view.version > 0 ? view : { ...view, items: data.items };
    case 'OrderPlaced':
    case 'OrderConfirmed': {
      if (data.version <= view.version) return view;
      const { version, items, total } = data;
      return { ...view, version, items, total, status: data.kind === 'OrderPlaced' ? 'placed' : 'confirmed' };
    }
    case 'OrderRejected': {
      if (data.version <= view.version) return view;
      const { version, reason, detail } = data;
      // The items of a rejection have no prices, so those of an earlier OrderPlaced are kept.
      const items = view.version > 0 ? view.items : data.items;
      return { ...view, version, items, status: 'rejected', rejection: { reason, detail } };
    }
    case 'CancellationRequested':
      return view.cancellation === null ? { ...view, cancellation: { status: 'requested', reason: null } } : view;
    case 'CancellationRefused':
      return { ...view, cancellation: { status: 'refused', reason: data.reason } };
    case 'OrderCancelling': {
      if (data.version <= view.version) return view;
      const cancellation = { status: 'accepted', reason: null } as const;
      return { ...view, version: data.version, status: 'cancelling', cancellation };
    }
    case 'OrderCancelled': {
      if (data.version <= view.version) return view;
      const { version, items, total } = data;
      return { ...view, version, items, total, status: 'cancelled' };
    }
    case 'InvoiceOpened':
    case 'PaymentCaptured':
    case 'PaymentDeclined':
    case 'PaymentVoided':
    case 'PaymentRefunded':
      return { ...view, payment: foldPayment(view.payment, data) };
    case 'MailSent':
      return { ...view, mails: [...view.mails, { template: data.template, time: at }] };
  }
}

type PaymentData = Extract<EntryData, { kind: keyof typeof PAYMENT_STATUS }>;

const PAYMENT_STATUS = {
  InvoiceOpened: 'charging',
  PaymentCaptured: 'captured',
  PaymentDeclined: 'declined',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
} as const satisfies Record<string, PaymentView['status']>;

function foldPayment(before: PaymentView | null, data: PaymentData): PaymentView {
  if (before !== null && data.version <= before.version) return before;
  const { version, amount } = data;
  const reason = 'reason' in data ? data.reason : null;
  return { version, status: PAYMENT_STATUS[data.kind], amount, reason };
}

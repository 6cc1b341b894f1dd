import { foldEntry, type OrderView } from './order-view.js';
import { gatewayError } from '../errors.js';
import type { EntryData } from './entry-data.js';

/** The gateway's row of one order, as the fold of its timeline so far. */
export interface Order {
  readonly id: string;
  /** Null until orders names the customer: an external producer's order may first show in another topic. */
  readonly customerId: string | null;
  /** Position of the newest timeline entry; 0 when there is none. */
  readonly lastPosition: number;
  /** Undefined while the timeline is empty. */
  readonly view: OrderView | undefined;
}

/** An order without a timeline. */
export function newOrder(id: string): Order {
  return { id, customerId: null, lastPosition: 0, view: undefined };
}

/** An order whose timeline has entries: its view is what they fold to. */
export interface FoldedOrder extends Order {
  readonly view: OrderView;
}

export interface TimelineEntry {
  /** Counts from 1 without gaps within one order, in order of arrival. */
  readonly position: number;
  /** UUIDv7 of the message; for the request itself, of this entry. */
  readonly messageId: string;
  /** CloudEvents type. */
  readonly type: string;
  readonly topic: string;
  /** CloudEvents source: who says so. */
  readonly source: string;
  /** When it happened by the clock of its source. */
  readonly time: Date;
  readonly data: EntryData;
  /** True when an operator has corrected the message, or the message that its source was handling when it sent this one. */
  readonly fixed: boolean;
}

/** A message about an order that has no place in the timeline yet. */
export interface Arrival extends Omit<TimelineEntry, 'position'> {
  /** The customer that the message names, if it names one. */
  readonly customerId?: string | undefined;
}

/**
 * The order after one more message, and the entry to store.
 * @throws GWY-OWNER-MISMATCH when the message names another customer than an earlier one did.
 */
export function arrive(before: Order, arrival: Arrival): { order: FoldedOrder; entry: TimelineEntry } {
  const { customerId = null, ...rest } = arrival;
  if (customerId !== null && before.customerId !== null && customerId !== before.customerId) {
    throw gatewayError('GWY-OWNER-MISMATCH', 'two messages name different customers for one order', {
      orderId: before.id,
    });
  }
  const entry = { ...rest, position: before.lastPosition + 1 };
  const order: FoldedOrder = {
    id: before.id,
    customerId: before.customerId ?? customerId,
    lastPosition: entry.position,
    view: foldEntry(before.view, entry),
  };
  return { order, entry };
}

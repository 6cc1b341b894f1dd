import type { Availability } from '@dozen/contracts';
import type { KnownOrder } from '../../application/ports.js';
import { describeEntry } from '../../domain/describe.js';
import type { TimelineEntry } from '../../domain/order.js';
import type { OrderView } from '../../domain/order-view.js';
import type { Product } from '../../domain/product.js';

/** An order over HTTP. */
export interface OrderResource extends OrderView {
  readonly id: string;
}

export function orderResource({ id, view }: Pick<KnownOrder, 'id' | 'view'>): OrderResource {
  return { id, ...view };
}

/** A timeline entry over HTTP. `what` is for people, `data` for programs. */
export interface TimelineResource {
  readonly position: number;
  readonly id: string;
  readonly time: string;
  readonly type: string;
  readonly source: string;
  readonly what: string;
  /** An operator's correction stands behind it. */
  readonly fixed: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

export function timelineResource(entry: TimelineEntry): TimelineResource {
  const { position, messageId, time, type, source, data, fixed } = entry;
  const { kind: _inType, ...fields } = data;
  const what = fixed ? `${describeEntry(data)} (corrected by an operator)` : describeEntry(data);
  return { position, id: messageId, time: time.toISOString(), type, source, what, fixed, data: fields };
}

/** A product over HTTP. */
export interface ProductResource extends Omit<Product, 'availability'> {
  /** Null when it is not known. */
  readonly availability: Availability | null;
}

export function productResource({ sku, version, name, price, availability }: Product): ProductResource {
  return { sku, version, name, price, availability: availability ?? null };
}

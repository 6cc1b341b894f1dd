import type { Availability } from '@dozen/contracts';
import type { Money } from '@dozen/kernel';

/** A product as orders last published it; what a customer is shown, not what orders will charge. */
export interface Product {
  readonly sku: string;
  readonly version: number;
  readonly name: string;
  readonly price: Money;
  /** Undefined in a snapshot of the release before, which has no availability. */
  readonly availability: Availability | undefined;
}

import { DozenError, type Money } from '@dozen/kernel';

/*
 * Every error of orders. One that a handler throws parks its message, for good: what it contradicts is settled, so that no later
 * attempt would end otherwise. A rejection is a reason that an order carries (its codes are those of the contract
 * `OrderRejected`) and is thrown nowhere; a refused cancellation is an answer (`CancellationRefused`).
 *
 * | code                    | when                                                                              |
 * |-------------------------|-----------------------------------------------------------------------------------|
 * | ORD-DUPLICATE           | thrown: a PlaceOrder repeats an order id with other content; parked alone          |
 * | ORD-PAYMENT-CONTRADICTS | thrown: the payment's outcome does not fit the order's state; holds the order      |
 * | ORD-PAYMENT-AMOUNT      | thrown: another amount was captured or refunded than the order's total; holds it   |
 * | ORD-NO-PRODUCT          | thrown: an operator names a SKU that the catalogue has not                         |
 * | ORD-PRODUCT-EXISTS      | thrown: an operator adds a SKU that the catalogue has                              |
 * | ORD-STOCK-SHORT         | thrown: an operator writes off more units than are available                       |
 * | ORD-UNKNOWN-SKU         | rejection: a SKU is not in the catalogue, or not at a price in the order's currency |
 * | ORD-OUT-OF-STOCK        | rejection: fewer units are available than were ordered                             |
 * | ORD-PAYMENT-DECLINED    | rejection: the payment provider refused                                            |
 * | ORD-PAYMENT-TIMED-OUT   | rejection: the payment provider gave no answer in the time that billing allows      |
 * | ORD-UNKNOWN             | refused cancellation: no such order, or somebody else's                             |
 * | ORD-CONFIRMED           | refused cancellation: the order is paid and confirmed                               |
 * | ORD-REJECTED            | refused cancellation: the order is rejected already                                 |
 */
export const ORD_ERRORS = {
  duplicate: 'ORD-DUPLICATE',
  paymentContradicts: 'ORD-PAYMENT-CONTRADICTS',
  paymentAmount: 'ORD-PAYMENT-AMOUNT',
  noProduct: 'ORD-NO-PRODUCT',
  productExists: 'ORD-PRODUCT-EXISTS',
  stockShort: 'ORD-STOCK-SHORT',
} as const;

export function duplicateOrder(orderId: string): DozenError {
  return refusal(ORD_ERRORS.duplicate, 'An order with this id and other content exists', { orderId });
}

export function paymentContradicts(details: { orderId: string; state: string; outcome: string }): DozenError {
  const text = `${details.outcome} does not fit an order that is ${details.state}`;
  return refusal(ORD_ERRORS.paymentContradicts, text, details);
}

export function paymentOfOtherAmount(details: { orderId: string; total: Money; moved: Money }): DozenError {
  return refusal(
    ORD_ERRORS.paymentAmount,
    'Another amount was captured or refunded than the order has as its total',
    details,
  );
}

export function noProduct(sku: string): DozenError {
  return refusal(ORD_ERRORS.noProduct, 'The catalogue has no such product', { sku });
}

export function productExists(sku: string): DozenError {
  return refusal(ORD_ERRORS.productExists, 'The catalogue has this product', { sku });
}

export function stockShort(details: { sku: string; units: number; available: number }): DozenError {
  return refusal(ORD_ERRORS.stockShort, 'Fewer units are available', details);
}

function refusal(code: string, text: string, details: Record<string, unknown>): DozenError {
  return new DozenError(code, text, { details, permanent: true });
}

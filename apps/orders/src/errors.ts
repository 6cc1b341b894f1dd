import { DozenError, type Money } from '@dozen/kernel';

/*
 * Every error of orders. An error that a handler throws parks its message for good: the message contradicts an order that is
 * settled, so no later attempt would end otherwise. The reasons why an order is rejected, or is not cancelled, are no errors;
 * their codes are in the contracts `OrderRejected` and `CancellationRefused`.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | ORD-DUPLICATE | message | A `PlaceOrder` repeats the id of an order with other content. It is parked alone and holds nothing up. | Tell the producer that it used one order id twice, then discard the dead letter. |
 * | ORD-PAYMENT-CONTRADICTS | message | The outcome of a payment does not fit the state of its order. Later events of the order wait behind it. | Find out what billing did. If money was captured for a rejected order, refund it at the provider, then discard the dead letter. |
 * | ORD-PAYMENT-AMOUNT | message | Another amount was captured or refunded than the total of the order. Later events of the order wait behind it, and its stock stays reserved. | Put the amount right at the provider, then fix and replay the dead letter, or discard it. |
 * | ORD-NO-PRODUCT | command | A `catalogue` command names a SKU that the catalogue does not have. | Check the SKU, or add the product with `catalogue add`. |
 * | ORD-PRODUCT-EXISTS | command | `catalogue add` names a SKU that the catalogue has already. | Change the product with `catalogue set-price`, `rename` or `restock`. |
 * | ORD-STOCK-SHORT | command | `catalogue write-off` names more units than are available. Units that are reserved for orders cannot be written off. | Look at the stock with `catalogue show`, and write off no more than is available. |
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

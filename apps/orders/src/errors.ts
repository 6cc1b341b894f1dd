import { DozenError, type Money } from '@dozen/kernel';

/*
 * Every error of orders. A thrown one parks its message; a rejection is a reason that an order carries (its codes are
 * those of the contract `OrderRejected`) and is thrown nowhere.
 *
 * | code                    | when                                                                              |
 * |-------------------------|-----------------------------------------------------------------------------------|
 * | ORD-DUPLICATE           | thrown: a PlaceOrder repeats an order id with other content; parked alone          |
 * | ORD-MIXED-CURRENCIES    | thrown: the products of one order have prices in several currencies; parked alone  |
 * | ORD-PAYMENT-CONTRADICTS | thrown: the payment's outcome does not fit the order's state; holds the order      |
 * | ORD-PAYMENT-AMOUNT      | thrown: another amount was captured than the order's total; holds the order        |
 * | ORD-UNKNOWN-SKU         | rejection: a SKU is not in the catalogue                                           |
 * | ORD-OUT-OF-STOCK        | rejection: fewer units are available than were ordered                             |
 * | ORD-PAYMENT-DECLINED    | rejection: the payment provider refused                                            |
 */
export const ORD_ERRORS = {
  duplicate: 'ORD-DUPLICATE',
  mixedCurrencies: 'ORD-MIXED-CURRENCIES',
  paymentContradicts: 'ORD-PAYMENT-CONTRADICTS',
  paymentAmount: 'ORD-PAYMENT-AMOUNT',
} as const;

export function duplicateOrder(orderId: string): DozenError {
  return new DozenError(ORD_ERRORS.duplicate, 'An order with this id and other content exists', {
    details: { orderId },
  });
}

export function mixedCurrencies(currencies: readonly string[]): DozenError {
  return new DozenError(ORD_ERRORS.mixedCurrencies, 'An order has one currency', { details: { currencies } });
}

export function paymentContradicts(details: { orderId: string; state: string; outcome: string }): DozenError {
  return new DozenError(
    ORD_ERRORS.paymentContradicts,
    `${details.outcome} does not fit an order that is ${details.state}`,
    { details },
  );
}

export function paymentOfOtherAmount(details: { orderId: string; total: Money; paid: Money }): DozenError {
  return new DozenError(ORD_ERRORS.paymentAmount, 'Another amount was captured than the total of the order', {
    details,
  });
}

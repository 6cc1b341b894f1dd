import { DozenError } from './errors.js';

/** An amount in minor units (cents) of an ISO 4217 currency. `amount` is a safe integer and may be negative. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** @throws MONEY-INVALID when the amount is no safe integer or the currency is not three capitals. */
export function money(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount) || !/^[A-Z]{3}$/.test(currency)) {
    throw new DozenError('MONEY-INVALID', `not an amount in minor units: ${amount} ${currency}`);
  }
  // A product with zero may be -0, which is another number to a database driver and to Object.is.
  return { amount: amount === 0 ? 0 : amount, currency };
}

/** @throws MONEY-CURRENCY when the currencies differ, MONEY-INVALID on overflow. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new DozenError('MONEY-CURRENCY', `cannot add ${b.currency} to ${a.currency}`);
  }
  return money(a.amount + b.amount, a.currency);
}

/** @throws MONEY-INVALID when the factor is no integer or the product overflows. */
export function multiplyMoney(a: Money, factor: number): Money {
  return money(a.amount * factor, a.currency);
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}

/** For people, in a BCP 47 locale: `12,50 €`. Honours currencies without or with three decimals. */
export function formatMoney(value: Money, locale = 'en'): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: value.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(value.amount / 10 ** digits);
}

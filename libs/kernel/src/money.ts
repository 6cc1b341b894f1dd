import { minorDigits } from './currencies.js';
import { DozenError } from './errors.js';

/*
 * Every error of money.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | MONEY-INVALID | message, job, request, command | An amount is no safe integer of minor units, or its currency is none of ISO 4217. | Mend who computed the amount. A dead letter needs a corrected amount: fix it, then replay it. |
 * | MONEY-CURRENCY | message, job, request, command | Amounts of two currencies were to be added. | Mend who put them together: one order has one currency. |
 */

/** An amount in minor units (cents) of an ISO 4217 currency. `amount` is a safe integer and may be negative. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** @throws MONEY-INVALID when the amount is no safe integer or the currency is none of ISO 4217. */
export function money(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount) || minorDigits(currency) === undefined) {
    throw new DozenError('MONEY-INVALID', `not an amount in minor units: ${amount} ${currency}`, { permanent: true });
  }
  // A product with zero may be -0, which is another number to a database driver and to Object.is.
  return { amount: amount === 0 ? 0 : amount, currency };
}

/** @throws MONEY-CURRENCY when the currencies differ, MONEY-INVALID on overflow. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new DozenError('MONEY-CURRENCY', `cannot add ${b.currency} to ${a.currency}`, { permanent: true });
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

/**
 * The amount in the currency's major unit, exactly and with all its decimals, for programs: `-12.50`, `45000.00` HUF.
 * @throws MONEY-INVALID as `money`.
 */
export function decimalOf(value: Money): string {
  const { amount, currency } = money(value.amount, value.currency);
  const digits = minorDigits(currency) ?? 0;
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return amount < 0 ? `-${decimal}` : decimal;
}

/**
 * For people, in a BCP 47 locale: `12,50 €`, to the last decimal of any amount (a quotient would be a float), with as many
 * decimals as ISO 4217 gives the currency.
 * @throws MONEY-INVALID as `money`.
 */
export function formatMoney(value: Money, locale = 'en'): string {
  return formatOf(value.currency, locale).format(decimalOf(value) as Intl.StringNumericLiteral);
}

/** Kept, since making one takes longer than a hundred uses: of the currencies of ISO 4217, in the locales that mails have. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, locale: string): Intl.NumberFormat {
  const name = `${locale} ${currency}`;
  const known = formats.get(name);
  if (known !== undefined) return known;
  const digits = minorDigits(currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(name, format);
  return format;
}

import fc from 'fast-check';
import { CURRENCIES, minorDigits } from './currencies.js';
import { addMoney, decimalOf, formatMoney, money, multiplyMoney, sameMoney } from './money.js';

const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

describe('money', () => {
  it('adds without losing a cent, in any order', () => {
    fc.assert(
      fc.property(amount, amount, amount, (a, b, c) => {
        const [x, y, z] = [money(a, 'EUR'), money(b, 'EUR'), money(c, 'EUR')];
        expect(sameMoney(addMoney(addMoney(x, y), z), addMoney(x, addMoney(z, y)))).toBe(true);
        expect(addMoney(x, y).amount - b).toBe(a);
      }),
    );
  });

  it('multiplies as repeated addition does', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 50 }), (a, times) => {
        let sum = money(0, 'EUR');
        for (let n = 0; n < times; n += 1) sum = addMoney(sum, money(a, 'EUR'));
        expect(multiplyMoney(money(a, 'EUR'), times).amount).toBe(sum.amount);
      }),
    );
  });

  it('never mixes currencies', () => {
    expect(() => addMoney(money(1, 'EUR'), money(1, 'USD'))).toThrow(
      expect.objectContaining({ code: 'MONEY-CURRENCY' }),
    );
    expect(sameMoney(money(1, 'EUR'), money(1, 'USD'))).toBe(false);
  });

  it.each([
    [0.5, 'EUR'],
    [Number.MAX_SAFE_INTEGER + 1, 'EUR'],
    [Number.NaN, 'EUR'],
    [1, 'eur'],
    [1, 'EURO'],
    [1, 'XYZ'],
    [1, 'XAU'],
  ])('refuses %p %s', (value, currency) => {
    expect(() => money(value, currency)).toThrow(expect.objectContaining({ code: 'MONEY-INVALID' }));
  });

  it('refuses a product that is no exact number any more', () => {
    expect(() => multiplyMoney(money(Number.MAX_SAFE_INTEGER, 'EUR'), 2)).toThrow(
      expect.objectContaining({ code: 'MONEY-INVALID' }),
    );
  });

  it('is shown with as many decimals as its currency has', () => {
    expect(formatMoney(money(1250, 'EUR'))).toBe('€12.50');
    expect(formatMoney(money(1250, 'JPY'))).toBe('¥1,250');
    expect(formatMoney(money(1250, 'KWD'))).toMatch(/1\.250$/);
    expect(formatMoney(money(12_50, 'EUR'), 'de')).toBe('12,50\u00a0€');
  });

  it.each(['HUF', 'COP', 'IDR', 'PKR'])(
    'is shown in %s by ISO 4217, where people leave the decimals out',
    (currency) => {
      expect(formatMoney(money(45_000, currency))).toMatch(/450\.00$/);
      expect(decimalOf(money(45_000, currency))).toBe('450.00');
    },
  );

  it('is shown to its last decimal, however large', () => {
    expect(formatMoney(money(Number.MAX_SAFE_INTEGER, 'EUR'))).toBe('€90,071,992,547,409.91');
    expect(decimalOf(money(Number.MIN_SAFE_INTEGER, 'EUR'))).toBe('-90071992547409.91');
  });

  it('has in every currency and locale the digits of its amount, no more and no fewer', () => {
    const locales = fc.constantFrom('en', 'de', 'fr-CH', 'hu', 'ja', 'pt-BR');
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(...CURRENCIES), locales, (value, currency, locale) => {
        const digits = minorDigits(currency) ?? Number.NaN;
        const expected = String(Math.abs(value)).padStart(digits + 1, '0');
        expect(decimalOf(money(value, currency)).replace(/[-.]/g, '')).toBe(expected);
        expect(formatMoney(money(value, currency), locale).replace(/\D/g, '')).toBe(expected);
        expect(decimalOf(money(value, currency)).split('.')[1] ?? '').toHaveLength(digits);
      }),
    );
  });
});

describe('the currencies', () => {
  it('are codes of three capitals, each once', () => {
    for (const code of CURRENCIES) expect(code).toMatch(/^[A-Z]{3}$/);
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
  });
});

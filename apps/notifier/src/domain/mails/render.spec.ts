import { rejectionReason } from '@dozen/contracts';
import fc from 'fast-check';
import { LOCALES } from '../locale.js';
import type { Notice } from './index.js';
import { render } from './render.js';

const orderId = '019a8f6e-0000-7000-8000-000000000001';
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const bought = (name: string): Notice & { template: 'order-placed' | 'order-confirmed' } => ({
  template: 'order-placed',
  items: [{ sku: 'MUG-1', name, quantity: 2, unitPrice: eur(1250) }],
  total: eur(2500),
});
const rejected = (reason: (typeof rejectionReason.options)[number]): Notice => ({
  template: 'order-rejected',
  items: [{ sku: 'MUG-1', quantity: 2 }],
  reason,
});

describe('a mail', () => {
  it('says in English what was ordered and what it costs', () => {
    const { subject, text, html } = render({ orderId, locale: 'en', notice: bought('Mug') });
    expect(subject).toBe(`We have your order (${orderId})`);
    expect(text).toContain('- 2 × Mug, €12.50\n- Total: €25.00\n');
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<li>2 × Mug, €12.50</li>');
  });

  it('says it in German', () => {
    const notice = { ...bought('Tasse'), template: 'order-confirmed' as const };
    const { subject, text, html } = render({ orderId, locale: 'de', notice });
    expect(subject).toBe(`Ihre Bestellung ist bestätigt (${orderId})`);
    expect(text).toContain('- 2 × Tasse, 12,50\u00a0€\n- Summe: 25,00\u00a0€\n');
    expect(html).toContain('<html lang="de">');
  });

  it.each(LOCALES)('gives the reason of a rejection in the language of the mail (%s)', (locale) => {
    const texts = rejectionReason.options.map((reason) => render({ orderId, locale, notice: rejected(reason) }).text);
    expect(new Set(texts).size).toBe(rejectionReason.options.length);
    for (const text of texts) expect(text).toContain('- 2 × MUG-1');
    const other = LOCALES.filter((one) => one !== locale).map((one) =>
      render({ orderId, locale: one, notice: rejected('ORD-OUT-OF-STOCK') }),
    );
    for (const { text, subject } of other) {
      expect(texts).not.toContain(text);
      expect(subject).not.toBe(render({ orderId, locale, notice: rejected('ORD-OUT-OF-STOCK') }).subject);
    }
  });

  it('says what was given back', () => {
    const notice: Notice = { template: 'order-refunded', items: [{ sku: 'MUG-1', quantity: 2 }], refunded: eur(2500) };
    expect(render({ orderId, locale: 'en', notice }).text).toContain('- 2 × MUG-1\n- Refunded: €25.00\n');
    expect(render({ orderId, locale: 'de', notice }).text).toContain('- Erstattet: 25,00\u00a0€\n');
  });

  it('escapes what is not its own: any text of an order gives the same markup', () => {
    const markup = (html: string) => [...html.matchAll(/[<>"]|&(?!(?:amp|lt|gt|quot|#39);)/g)].map(([found]) => found);
    const plain = (locale: 'en' | 'de') => markup(render({ orderId: 'x', locale, notice: bought('Mug') }).html);
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<b>', '"><script>', '&amp;', "' x='", '</li>'),
    );
    fc.assert(
      fc.property(hostile, hostile, fc.constantFrom(...LOCALES), (name, id, locale) => {
        expect(markup(render({ orderId: id, locale, notice: bought(name) }).html)).toEqual(plain(locale));
      }),
    );
  });

  it('keeps a text from forging lines of the plain body', () => {
    const lines = (name: string) => render({ orderId, locale: 'en', notice: bought(name) }).text.split('\n').length;
    expect(lines('Mug\r\n\r\nPay at http://evil.example')).toBe(lines('Mug'));
  });
});

import { formatMoney } from '@dozen/kernel';
import { escapeHtml, oneLine } from '../escape.js';
import type { Locale } from '../locale.js';
import type { Notice, RequestedLine } from '../mail.js';
import { de } from './de.js';
import { en } from './en.js';
import type { Wording, Words } from './wording.js';

/** A mail's content: the same twice, as plain text and as HTML. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const WORDINGS: Readonly<Record<Locale, Wording>> = { en, de };

/** Both bodies are made from the same paragraphs and lines, so that they cannot say different things. */
export function render(mail: { orderId: string; locale: Locale; notice: Notice }): Rendered {
  const { orderId, locale, notice } = mail;
  const wording = WORDINGS[locale];
  const { subject, opening, closing } = wordsOf(wording, notice);
  const reason = notice.template === 'order-rejected' ? [wording.reasons[notice.reason]] : [];
  const before = [wording.greeting, opening, ...reason, `${wording.order} ${orderId}`];
  const lines = linesOf(wording, locale, notice);
  const after = [closing, wording.signature];
  return {
    subject: `${subject} (${orderId})`,
    text: `${[...before, lines.map((line) => `- ${line}`).join('\n'), ...after].join('\n\n')}\n`,
    html: [
      `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body>`,
      ...before.map(paragraph),
      `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`,
      ...after.map(paragraph),
      '</body></html>',
    ].join('\n'),
  };
}

function wordsOf(wording: Wording, notice: Notice): Words {
  switch (notice.template) {
    case 'order-placed':
      return wording.placed;
    case 'order-confirmed':
      return wording.confirmed;
    case 'order-rejected':
      return wording.rejected;
    case 'order-cancelled':
      return wording.cancelled;
    case 'order-refunded':
      return wording.refunded;
  }
}

function linesOf(wording: Wording, locale: Locale, notice: Notice): string[] {
  if (notice.template === 'order-rejected') return notice.items.map(unpriced);
  if (notice.template === 'order-refunded') {
    return [...notice.items.map(unpriced), `${wording.givenBack}: ${formatMoney(notice.refunded, locale)}`];
  }
  const { items, total } = notice;
  return [
    ...items.map(
      ({ name, quantity, unitPrice }) => `${quantity} × ${oneLine(name)}, ${formatMoney(unitPrice, locale)}`,
    ),
    `${wording.total}: ${formatMoney(total, locale)}`,
  ];
}

function unpriced({ sku, quantity }: RequestedLine): string {
  return `${quantity} × ${sku}`;
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

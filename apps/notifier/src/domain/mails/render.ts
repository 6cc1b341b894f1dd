import { escapeHtml } from '../escape.js';
import type { Locale } from '../locale.js';
import { mailOf, type Notice } from './index.js';

/** A mail's content: the same twice, as plain text and as HTML. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What every mail says. */
const FRAME: Readonly<Record<Locale, { greeting: string; order: string; signature: string }>> = {
  en: { greeting: 'Hello,', order: 'Order', signature: 'Dozen' },
  de: { greeting: 'Guten Tag,', order: 'Bestellung', signature: 'Dozen' },
};

/** Both bodies are made from the same paragraphs and lines, so that they cannot say different things. */
export function render(mail: { orderId: string; locale: Locale; notice: Notice }): Rendered {
  const { orderId, locale } = mail;
  const { words, reason, lines: linesOf } = mailOf(mail.notice.template);
  const notice = mail.notice as never;
  const { greeting, order, signature } = FRAME[locale];
  const { subject, opening, closing } = words[locale];
  const before = [greeting, opening, ...(reason === undefined ? [] : [reason(notice, locale)]), `${order} ${orderId}`];
  const lines = linesOf(notice, locale);
  const after = [closing, signature];
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

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

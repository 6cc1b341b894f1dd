import fc from 'fast-check';
import { escapeHtml, oneLine } from './escape.js';

describe('escapeHtml', () => {
  it('leaves nothing that HTML could take for markup, and loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const html = escapeHtml(text);
        expect(html).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(decode(html)).toBe(text);
      }),
    );
  });
});

describe('oneLine', () => {
  it('leaves no line break or control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\n\r\u2028\u2029\p{Cc}]/u);
      }),
    );
    expect(oneLine(' a\r\n\tb\u0000c ')).toBe('a b c');
  });
});

function decode(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

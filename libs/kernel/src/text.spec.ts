import fc from 'fast-check';
import { isPlainText, toPlainText } from './text.js';

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const halves = fc.constantFrom('\uD800', '\uDFFF', '\0', 'a', '😀');
const hostile = fc.oneof(
  anyText,
  fc.array(halves).map((parts) => parts.join('')),
);

describe('plain text', () => {
  it.each(['', 'a', 'Grüße', '😀', '\u202E\t\n', '\uFFFD', '\uFEFF'])('is %j', (text) => {
    expect(isPlainText(text)).toBe(true);
    expect(toPlainText(text)).toBe(text);
  });

  it.each(['\0', 'tok\0', '\uD83D', 'a\uDE00b', '\uDE00\uD83D'])('is not %j', (text) => {
    expect(isPlainText(text)).toBe(false);
  });

  it('survives UTF-8 unchanged, and any text can be made plain without growing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const plain = toPlainText(text);
        expect(isPlainText(plain)).toBe(true);
        expect(plain).toHaveLength(text.length);
        expect(Buffer.from(plain).toString()).toBe(plain);
        expect(isPlainText(text)).toBe(plain === text);
      }),
    );
  });
});

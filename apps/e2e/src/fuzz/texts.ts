import fc from 'fast-check';
import type { Graded } from './grade.js';

/** Letters of several scripts, both directions, both normal forms, beyond the BMP, of many code points each. */
const ALPHABETS = [
  'aZ09-_.~',
  'äöüßÄÖÜéèê',
  'e\u0301a\u0308o\u0302',
  'שלום‏عربي',
  'Ελληνικά',
  'кириллицаЁ',
  '漢字かなカナ',
  'ไทยहिन्दी',
  'İıſßK',
  '𝒳𐐷🂡',
  '👩‍👩‍👧🏳️‍🌈🇩🇪👍🏽',
  '\'"\\;--<>&%${}[]()`',
  '\u00a0\u2003\u3000\u200b\u2028\ufeff',
  '\u202e\u2066\u061c',
  '\u0001\u0007\u001b\u007f\u0085',
  '\ufffd\uffff\ufdd0',
  '\t\r\n ',
].map((letters) => Array.from(letters));

/** Text that other programs have choked on: names of fields and paths, numbers, templates, statements. */
const CURIOSITIES = [
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'true', '0', '-0', '1e400'],
  ...['../../etc/passwd', 'C:\\con', '${jndi:ldap://x}', '{{7*7}}', "' OR 1=1--", '%00', '%s%n', '\\u0000'],
  ...['<script>alert(1)</script>', '=cmd()', 'xn--', '..', '.', '/', '//', '?', '#', '*'],
];

/** Well-formed text without NUL of `min` to `max` UTF-16 units. */
export function plainText(min: number, max: number): fc.Arbitrary<string> {
  const ofOne = fc
    .constantFrom(...ALPHABETS)
    .chain((letters) => fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 12 }));
  const fits = (text: string): boolean => text.length >= min && text.length <= max && text.isWellFormed();
  return fc.oneof(
    ofOne.map((letters) => letters.join('')).filter(fits),
    fc
      .array(fc.constantFrom(...ALPHABETS.flat()), { minLength: 1, maxLength: 8 })
      .map((letters) => letters.join(''))
      .filter(fits),
    fc.constantFrom(...CURIOSITIES.filter(fits)),
  );
}

/** Text that no part of the system may take: NUL and halves of surrogate pairs, alone and within other text. */
export const brokenText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', 'a', 'tok_ok', 'ä', '👍'),
    fc.constantFrom('\0', '\ud800', '\udc00', '\udfff\ud800', 'x\0y\ud83d'),
    fc.constantFrom('', 'z', 'é'),
  )
  .map((parts) => parts.join(''));

/** Text of exactly so many units, of one unit or of three bytes or of surrogate pairs each. */
export function textOfLength(units: number): fc.Arbitrary<string> {
  return fc.constantFrom('a', '漢', '👍').map((letter) =>
    letter
      .repeat(Math.ceil(units / letter.length))
      .slice(0, units)
      .toWellFormed(),
  );
}

/** For a field that takes any plain text of 1 to `max` units, where a bound may as well count bytes or letters. */
export function textField(max: number): fc.Arbitrary<Graded<string>> {
  const graded = (grade: Graded<string>['grade'], texts: fc.Arbitrary<string>): fc.Arbitrary<Graded<string>> =>
    texts.map((value) => ({ grade, value }));
  return fc.oneof(
    { weight: 5, arbitrary: graded('free', plainText(1, Math.min(60, max))) },
    { weight: 3, arbitrary: graded('illegal', brokenText) },
    { weight: 1, arbitrary: graded('illegal', fc.constant('')) },
    { weight: 1, arbitrary: graded('free', fc.constantFrom(max - 1, max, max + 1).chain(textOfLength)) },
    { weight: 1, arbitrary: graded('illegal', fc.constantFrom(4 * max + 1, 10_000).chain(textOfLength)) },
  );
}

/** Spellings of one UUIDv7: RFC 9562 has readers take capitals; the others are no UUIDs. */
export const ID_SPELLINGS = {
  small: (id: string) => id,
  capitals: (id: string) => id.toUpperCase(),
  mixed: (id: string) => id.replace(/[a-f]/g, (letter, at: number) => (at % 2 === 0 ? letter.toUpperCase() : letter)),
  braces: (id: string) => `{${id}}`,
  urn: (id: string) => `urn:uuid:${id}`,
  bare: (id: string) => id.replaceAll('-', ''),
  padded: (id: string) => ` ${id} `,
  version4: (id: string) => `${id.slice(0, 14)}4${id.slice(15)}`,
  variant: (id: string) => `${id.slice(0, 19)}c${id.slice(20)}`,
  nul: (id: string) => `${id.slice(0, -1)}\0`,
  fullwidth: (id: string) => id.replaceAll('0', '\uff10'),
  long: (id: string) => id.repeat(200),
  empty: () => '',
} as const satisfies Record<string, (id: string) => string>;
export type IdSpelling = keyof typeof ID_SPELLINGS;
/** What a reader takes. */
export const LEGAL_SPELLINGS: readonly IdSpelling[] = ['small', 'capitals', 'mixed'];
export const ILLEGAL_SPELLINGS = (Object.keys(ID_SPELLINGS) as IdSpelling[]).filter(
  (spelling) => !LEGAL_SPELLINGS.includes(spelling),
);

/** Addresses that RFC 5321 and RFC 6531 leave no doubt about, with which programs have trouble all the same. */
export const LEGAL_EMAILS = [
  'ada@example.org',
  'info@xn--e1afmkfd.xn--p1ai',
  'you&me@example.org',
  'a/b@example.org',
  "o'brien@example.org",
  'first.last+tag@sub.example.org',
  'UPPER@EXAMPLE.ORG',
  '!#$%*=?^_`{|}~@example.org',
  '1@2.example',
  `${'a'.repeat(64)}@example.org`,
] as const;
/** What may be taken or refused: quoted local parts, address literals, SMTPUTF8, longer than a path may be. */
export const DOUBTFUL_EMAILS = [
  '"a b"@example.org',
  'a@[192.0.2.1]',
  'käthe@example.org',
  'a@bücher.example',
  'a@localhost',
  `${'a'.repeat(65)}@example.org`,
  `a@${'b.'.repeat(126)}org`,
] as const;
export const ILLEGAL_EMAILS = [
  '',
  'ada',
  '@example.org',
  'ada@',
  'a\0@example.org',
  'a@b@c',
  'a\ud800@example.org',
  'a\r\nBcc: b@example.org',
  'a b@example.org',
] as const;

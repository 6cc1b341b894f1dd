import fc from 'fast-check';
import type { Graded } from '../grade.js';
import { brokenText, DOUBTFUL_EMAILS, ILLEGAL_EMAILS, LEGAL_EMAILS, plainText, textOfLength } from '../texts.js';

/** How a request says who it is; made into a header by `Tokens`. */
export type TokenPlan =
  /** A good token with these claims over the usual ones; null takes one away. `exp`, `nbf`, `iat` are seconds from now. */
  | { readonly form: 'signed'; readonly claims: Readonly<Record<string, unknown>>; readonly scheme: string }
  /** The header's value as it stands. */
  | { readonly form: 'raw'; readonly value: string }
  | { readonly form: 'none' }
  /** A good token, damaged. */
  | {
      readonly form: 'damaged';
      readonly how:
        'alg-none' | 'hs256' | 'cut' | 'signature' | 'payload' | 'other-key' | 'no-kid' | 'twice' | 'in-query';
    }
  /** The cookie of a session that is there, was ended, or was made up. */
  | { readonly form: 'cookie'; readonly value: string };

export const GOOD_TOKEN: TokenPlan = { form: 'signed', claims: {}, scheme: 'Bearer' };

const HOUR = 3600;

function claims(
  grade: Graded<TokenPlan>['grade'],
  changed: fc.Arbitrary<Readonly<Record<string, unknown>>>,
): fc.Arbitrary<Graded<TokenPlan>> {
  return changed.map((changes) => ({ grade, value: { form: 'signed', claims: changes, scheme: 'Bearer' } }));
}

const of = (name: string, ...values: unknown[]): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.constantFrom(...values).map((value) => ({ [name]: value }));

/** Tokens as issuers make them, and as nobody should take them. */
export const tokens: fc.Arbitrary<Graded<TokenPlan>> = fc.oneof(
  claims('legal', of('email', ...LEGAL_EMAILS)),
  claims('free', of('email', ...DOUBTFUL_EMAILS)),
  claims(
    'illegal',
    of('email', ...ILLEGAL_EMAILS, null, 7, [], { at: 'example.org' }, `${'a'.repeat(5000)}@example.org`),
  ),
  claims(
    'free',
    plainText(1, 40).map((sub) => ({ sub })),
  ),
  claims(
    'illegal',
    brokenText.map((sub) => ({ sub })),
  ),
  claims('illegal', of('sub', '', null, 7, {}, ['fuzz-0'])),
  claims(
    'illegal',
    textOfLength(6_000).map((sub) => ({ sub })),
  ),
  claims(
    'free',
    fc
      .constantFrom(199, 200, 201)
      .chain(textOfLength)
      .map((sub) => ({ sub })),
  ),
  claims('illegal', of('exp', -HOUR, null, 'soon', {}, [])),
  claims('free', of('exp', 1e300, 1e15, 1.5, -25, 8.64e12)),
  claims('illegal', of('nbf', HOUR, 'soon')),
  claims('free', of('iat', HOUR, -1e12, 'soon')),
  claims('illegal', of('iss', 'https://elsewhere.example', '', null, 7)),
  claims('illegal', of('aud', 'other', '', null, [], 7)),
  claims('legal', of('aud', ['dozen'], ['other', 'dozen'])),
  claims(
    'free',
    of(
      'scope',
      null,
      '',
      'orders:read',
      ['orders:read', 'orders:write'],
      'orders:write  orders:read',
      7,
      {},
      [7],
      'ORDERS:READ',
    ),
  ),
  claims(
    'free',
    of('locale', null, 'de-AT', 'EN', 7, 'x'.repeat(1000), 'en\0', 'zz-invalid-locale-tag', 'en-u-nu-arab'),
  ),
  claims(
    'free',
    fc.jsonValue({ maxDepth: 2 }).map((extra) => ({ extra })),
  ),
  fc
    .constantFrom('bearer', 'BEARER', 'Bearer  ')
    .map((scheme) => ({ grade: 'legal', value: { form: 'signed', claims: {}, scheme } })),
  fc
    .constantFrom('Basic', 'Token', '', 'Bearer,', 'Bearer\t')
    .map((scheme) => ({ grade: 'illegal', value: { form: 'signed', claims: {}, scheme } })),
  fc
    .constantFrom(
      '',
      'Bearer',
      'Bearer ',
      'Bearer a',
      'Bearer a.b',
      'Bearer a.b.c',
      'Bearer ....',
      `Bearer ${'a'.repeat(8_000)}`,
      'Bearer {}',
      'Bearer e30.e30.e30',
    )
    .map((value) => ({ grade: 'illegal', value: { form: 'raw', value } })),
  fc.constant({ grade: 'illegal', value: { form: 'none' } }),
  fc
    .constantFrom('alg-none', 'hs256', 'cut', 'signature', 'payload', 'other-key', 'in-query')
    .map((how) => ({ grade: 'illegal', value: { form: 'damaged', how } })),
  fc.constantFrom('no-kid', 'twice').map((how) => ({ grade: 'free', value: { form: 'damaged', how } })),
  fc
    .oneof(
      fc.constantFrom('', 'a', '%00', 'x'.repeat(3_000), '"', '%zz', '__proto__', 'A'.repeat(43)),
      plainText(1, 20).map(encodeURIComponent),
    )
    .map((value) => ({ grade: 'illegal', value: { form: 'cookie', value } })),
) as fc.Arbitrary<Graded<TokenPlan>>;

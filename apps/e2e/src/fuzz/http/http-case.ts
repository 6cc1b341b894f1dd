import fc from 'fast-check';
import type { Grade } from '../grade.js';
import { plainText } from '../texts.js';
import { emptyMediaTypes, HARMLESS_HEADERS, idempotencyKeys, knownHeaders, mediaTypes } from './header-values.js';
import {
  BYTES_CHANGES,
  type BytesChange,
  type Oddity,
  PATH_CHANGES,
  TRANSPORT_CHANGES,
  type TransportChange,
} from './oddity.js';
import { type LegalOrder, legalOrder, orderChanges } from './order-body.js';
import { type Route, ROUTES } from './routes.js';
import { orders, queries } from './target-values.js';
import { type TokenPlan, tokens } from './token-plan.js';

/** A request before it is sent; nothing in it depends on the running system. */
export interface HttpCase {
  /** Index into `ROUTES`. */
  readonly route: number;
  /** Customers have orders of their own. */
  readonly customer: number;
  readonly order: LegalOrder;
  readonly oddities: readonly Oddity[];
}

export const CUSTOMERS = 8;

type OddityOf = Oddity['of'];
const bytesOddity = fc
  .constantFrom(...BYTES_CHANGES)
  .map((how): Oddity => ({ of: 'bytes', how, grade: BYTES_GRADES.get(how) ?? 'illegal' }));
const BYTES_GRADES: ReadonlyMap<BytesChange, Grade> = new Map([
  ['spaces', 'legal'],
  ['bom', 'free'],
  ['same-key', 'free'],
]);

const ABORTED: ReadonlySet<TransportChange> = new Set(['abort-head', 'abort-body']);
const LEGAL_TRANSPORT: ReadonlySet<TransportChange> = new Set(['chunked', 'expect', 'connection-close']);
const ILLEGAL_TRANSPORT: ReadonlySet<TransportChange> = new Set([
  'no-host',
  'two-lengths',
  'bad-length',
  'garbage',
  'huge-header',
  'null-in-header',
  'tls-hello',
]);

const everywhere: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Oddity> }[] = [
  { weight: 2, arbitrary: fc.constantFrom(...PATH_CHANGES).map((how): Oddity => ({ of: 'path', how, grade: 'free' })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'GET',
        'HEAD',
        'OPTIONS',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'TRACE',
        'CONNECT',
        'QUERY',
        'PROPFIND',
        'get',
        'X',
        'M-SEARCH',
        'G T',
      )
      .map((method): Oddity => ({ of: 'method', method, grade: 'free' })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...HARMLESS_HEADERS)
      .map(([name, value]): Oddity => ({ of: 'header', name, value, grade: 'free' })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x-odd', 'content-encoding', 'content-length-x', 'authorization-x', 'accept'),
        plainText(1, 30),
      )
      .map(([name, value]): Oddity => ({
        of: 'header',
        name,
        value: Buffer.from(value)
          .toString('latin1')
          .replace(/[\r\n]/g, ''),
        grade: 'free',
      })),
  },
  { weight: 1, arbitrary: queries.map((oddity): Oddity => ({ ...oddity, grade: 'free' })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...TRANSPORT_CHANGES).map((how): Oddity => ({
      of: 'transport',
      how,
      grade: LEGAL_TRANSPORT.has(how) && !ABORTED.has(how) ? 'legal' : ILLEGAL_TRANSPORT.has(how) ? 'illegal' : 'free',
    })),
  },
];

function odditiesOf(route: Route): fc.Arbitrary<Oddity> {
  const own: { readonly weight: number; readonly arbitrary: fc.Arbitrary<Oddity> }[] = [...everywhere];
  const token = tokens.map(({ grade, value }): Oddity => ({
    of: 'token',
    token: value,
    grade: tokenGrade(route, grade, value),
  }));
  if (route.auth !== 'none') own.push({ weight: 4, arbitrary: token });
  if (route.query === 'page') own.push({ weight: 6, arbitrary: queries });
  if (route.path.includes(':id')) own.push({ weight: 6, arbitrary: orders });
  if (route.body === 'order') {
    own.push({
      weight: 8,
      arbitrary: orderChanges.map((change): Oddity => ({ of: 'body', change, grade: change.grade })),
    });
    own.push({ weight: 3, arbitrary: bytesOddity }, { weight: 3, arbitrary: mediaTypes });
    own.push({
      weight: 1,
      arbitrary: fc
        .constantFrom('gzip', 'br', 'deflate', 'identity, gzip')
        .map((value): Oddity => ({ of: 'header', name: 'content-encoding', value, grade: 'illegal', allow: [415] })),
    });
  } else if (route.method !== 'GET') own.push({ weight: 2, arbitrary: emptyMediaTypes });
  for (const name of route.headers ?? []) {
    own.push({
      weight: 3,
      arbitrary: name === 'idempotency-key' ? idempotencyKeys : knownHeaders[name],
    });
  }
  return fc.oneof(...own);
}

/** The grade of a token at this route: where a token is optional, a bad one may be refused or ignored. */
function tokenGrade(route: Route, grade: Grade, token: TokenPlan): Grade {
  if (route.auth === 'optional') return grade === 'illegal' ? 'free' : grade;
  if (token.form === 'signed' && 'scope' in token.claims && route.scope === undefined) return 'free';
  return grade;
}

const ofRoute = ROUTES.map((route, index) => {
  const oddity = odditiesOf(route);
  return {
    weight: route.weight,
    arbitrary: fc.record({
      // Oddities come first, so that fast-check removes them first. Two of one kind would undo each other.
      oddities: fc.uniqueArray(oddity, { maxLength: 3, selector: ({ of }: Oddity): OddityOf => of, size: 'max' }),
      route: fc.constant(index),
      customer: fc.nat({ max: CUSTOMERS - 1 }),
      order: legalOrder,
    }),
  };
});

/** Requests: mostly with one to three oddities, some with none. */
export const httpCases: fc.Arbitrary<HttpCase> = fc.oneof(...ofRoute);

export function routeOf({ route }: HttpCase): Route {
  const found = ROUTES[route];
  if (found === undefined) throw new Error(`there is no route ${route}`);
  return found;
}

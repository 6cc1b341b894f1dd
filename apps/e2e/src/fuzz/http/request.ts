import { gzipSync } from 'node:zlib';
import { worst, type Grade } from '../grade.js';
import { ID_SPELLINGS } from '../texts.js';
import { type HttpCase, routeOf } from './http-case.js';
import type { BytesChange, Oddity, OrderChoice, PathChange } from './oddity.js';
import { orderBody } from './order-body.js';
import { GOOD_TOKEN, type TokenPlan } from './token-plan.js';
import { framed } from './transport.js';

/** What the running system adds to a case. */
export interface Surroundings {
  /** Header lines that carry the token, without line ends; `query` goes into the URL. */
  credentials(
    token: TokenPlan,
    customer: number,
  ): Promise<{ readonly lines: readonly string[]; readonly query?: string }>;
  orderId(choice: OrderChoice['whose'], customer: number): string;
  newKey(): string;
}

export interface Request {
  readonly bytes: Buffer;
  readonly method: string;
  /** Where the head ends. */
  readonly headLength: number;
  readonly grade: Grade;
  readonly allow: readonly number[] | undefined;
}

type OddityOf<K extends Oddity['of']> = Extract<Oddity, { of: K }>;

export function oddity<K extends Oddity['of']>({ oddities }: HttpCase, of: K): OddityOf<K> | undefined {
  return oddities.find((one): one is OddityOf<K> => one.of === of);
}

/** The bytes of a case, and what is known about it. */
export async function requestOf(one: HttpCase, around: Surroundings): Promise<Request> {
  const route = routeOf(one);
  const method = oddity(one, 'method')?.method ?? route.method;
  const token = route.auth === 'none' ? undefined : (oddity(one, 'token')?.token ?? GOOD_TOKEN);
  const credentials = token === undefined ? { lines: [] } : await around.credentials(token, one.customer);
  const order = oddity(one, 'order')?.order ?? { whose: 'mine', spelling: 'small' };
  const id = ID_SPELLINGS[order.spelling](around.orderId(order.whose, one.customer));
  const query = [oddity(one, 'query')?.text, credentials.query]
    .filter((part) => part !== undefined && part !== '')
    .join('&');
  const path = changedPath(route.path.replace(':id', encodeURI(id).replaceAll('%7B', '{')), oddity(one, 'path')?.how);
  const lines = [...credentials.lines];
  if (route.headers?.includes('idempotency-key') === true) {
    const key = oddity(one, 'idempotency-key');
    const value = key === undefined ? `"${around.newKey()}"` : key.value;
    if (value !== undefined) lines.push(`idempotency-key: ${value}`);
  }
  for (const { name, value } of one.oddities.filter((odd) => odd.of === 'header')) lines.push(`${name}: ${value}`);
  const media = oddity(one, 'media-type');
  const body =
    route.body === 'order' ? bytesOf(orderBody(one.order, changesOf(one)).json, oddity(one, 'bytes')?.how) : undefined;
  const type = media === undefined ? (body === undefined ? undefined : 'application/json') : media.value;
  if (type !== undefined) lines.push(`content-type: ${type}`);
  const target = query === '' ? path : `${path}?${query}`;
  return { method, ...framed({ method, target, lines, body }, oddity(one, 'transport')?.how), ...expected(one) };
}

function changesOf(one: HttpCase) {
  const change = oddity(one, 'body')?.change;
  return change === undefined ? [] : [change];
}

/** Changes that leave open what the request is: nothing can be said about the answer except that no fault may come of it. */
const STRUCTURAL: ReadonlySet<Oddity['of']> = new Set(['method', 'path', 'transport']);

function expected({ oddities }: HttpCase): Pick<Request, 'grade' | 'allow'> {
  const free = oddities.some(
    ({ of, grade }) => STRUCTURAL.has(of) && grade !== 'legal' && (grade === 'free' || oddities.length > 1),
  );
  // Bytes that replace the body make void what was changed in it.
  const blurred = oddities.some(({ of }) => of === 'bytes') && oddities.some(({ of }) => of === 'body');
  const grade = free || blurred ? 'free' : worst(oddities.map((odd) => odd.grade));
  const refusing = oddities.filter((odd) => odd.grade !== 'legal');
  return { grade, allow: refusing.length === 1 && grade === 'illegal' ? refusing[0]?.allow : undefined };
}

function changedPath(path: string, how: PathChange | undefined): string {
  switch (how) {
    case undefined:
      return path;
    case 'slash':
      return `${path}/`;
    case 'double-slash':
      return path.replaceAll('/', '//');
    case 'capitals':
      return path.toUpperCase();
    case 'percent':
      return path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    case 'nul':
      return `${path}%00`;
    case 'bad-percent':
      return `${path}%zz`;
    case 'dots':
      return `${path}/../..${path}`;
    case 'long':
      return `${path}/${'a'.repeat(9_000)}`;
    case 'matrix':
      return `${path};v=1`;
    case 'raw-utf8':
      return `${path}\u00c3\u00a4`;
    case 'absolute':
      return `http://other.example${path}`;
    case 'star':
      return '*';
    case 'fragment':
      return `${path}#here`;
    case 'backslash':
      return path.replaceAll('/', '\\');
    case 'more':
      return `${path}/more/of/it`;
  }
}

const LIMIT = 256 * 1024;

/** The body's bytes: what comes is not always what JSON.stringify writes. */
export function bytesOf(json: string, how: BytesChange | undefined): Buffer {
  return how === undefined ? Buffer.from(json) : BYTES[how](json, Buffer.from(json));
}

const BYTES: Readonly<Record<BytesChange, (json: string, utf8: Buffer) => Buffer>> = {
  '0xff': (_json, utf8) => within(utf8, 0xff),
  latin1: (_json, utf8) => within(utf8, 0xe9),
  overlong: (_json, utf8) => within(utf8, 0xc0, 0x80),
  'surrogate-bytes': (_json, utf8) => within(utf8, 0xed, 0xa0, 0x80),
  nul: (_json, utf8) => within(utf8, 0),
  bom: (_json, utf8) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]),
  utf16: (json) => Buffer.from(json, 'utf16le'),
  cut: (_json, utf8) => utf8.subarray(0, utf8.length - 1),
  twice: (_json, utf8) => Buffer.concat([utf8, utf8]),
  comment: (json) => Buffer.from(`${json}/* */`),
  'single-quotes': (json) => Buffer.from(json.replaceAll('"', "'")),
  'same-key': (json) => Buffer.from(json.replace('{', '{"paymentToken":"tok_declined",')),
  deep: () => Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)),
  huge: (_json, utf8) => Buffer.concat([utf8, Buffer.alloc(LIMIT, ' ')]),
  spaces: (json) => Buffer.from(` \r\n\t${json}\n\n`),
  empty: () => Buffer.alloc(0),
  'gzip-bytes': (_json, utf8) => gzipSync(utf8),
  'big-number': (json) => Buffer.from(json.replace(/"quantity":\d+/, '"quantity":1e400')),
};

/** In the payment token, or in the middle where there is none. */
function within(utf8: Buffer, ...bytes: number[]): Buffer {
  const marker = '"paymentToken":"';
  const found = utf8.indexOf(marker);
  const at = found === -1 ? Math.floor(utf8.length / 2) : found + marker.length;
  return Buffer.concat([utf8.subarray(0, at), Buffer.from(bytes), utf8.subarray(at)]);
}

import type { Grade } from '../grade.js';
import type { IdSpelling } from '../texts.js';
import type { OrderChange } from './order-body.js';
import type { TokenPlan } from './token-plan.js';

/** Which order a path names. */
export type OrderChoice =
  /** An order of the customer's own that is final. */
  | { readonly whose: 'mine'; readonly spelling: IdSpelling }
  | { readonly whose: 'other' | 'nobody'; readonly spelling: IdSpelling };

/** One way in which a request is not the usual one. `allow`: the only statuses that are right then. */
export type Oddity = { readonly grade: Grade; readonly allow?: readonly number[] } & (
  | { readonly of: 'token'; readonly token: TokenPlan }
  | { readonly of: 'body'; readonly change: OrderChange }
  /** The bytes of the body, after everything else. `$` stands for the body as it was. */
  | { readonly of: 'bytes'; readonly how: BytesChange }
  | { readonly of: 'media-type'; readonly value: string | undefined }
  /** A header of that name more; latin1. */
  | { readonly of: 'header'; readonly name: string; readonly value: string }
  | { readonly of: 'query'; readonly text: string }
  | { readonly of: 'order'; readonly order: OrderChoice }
  | { readonly of: 'path'; readonly how: PathChange }
  | { readonly of: 'method'; readonly method: string }
  | { readonly of: 'idempotency-key'; readonly value: string | undefined }
  | { readonly of: 'transport'; readonly how: TransportChange }
);

export const BYTES_CHANGES = [
  '0xff',
  'overlong',
  'bom',
  'utf16',
  'cut',
  'twice',
  'nul',
  'latin1',
  'comment',
  'single-quotes',
  'same-key',
  'deep',
  'huge',
  'spaces',
  'empty',
  'gzip-bytes',
  'surrogate-bytes',
  'big-number',
] as const;
export type BytesChange = (typeof BYTES_CHANGES)[number];
export const PATH_CHANGES = [
  'slash',
  'double-slash',
  'capitals',
  'percent',
  'nul',
  'bad-percent',
  'dots',
  'long',
  'matrix',
  'raw-utf8',
  'absolute',
  'star',
  'fragment',
  'backslash',
  'more',
] as const;
export type PathChange = (typeof PATH_CHANGES)[number];
export const TRANSPORT_CHANGES = [
  'abort-head',
  'abort-body',
  'chunked',
  'chunk-extension',
  'expect',
  'no-host',
  'two-hosts',
  'http10',
  'http2',
  'bare-lf',
  'two-lengths',
  'length-and-chunks',
  'short-length',
  'long-length',
  'bad-length',
  'garbage',
  'huge-header',
  'many-headers',
  'folded',
  'pipelined',
  'upgrade',
  'tls-hello',
  'null-in-header',
  'connection-close',
] as const;
export type TransportChange = (typeof TRANSPORT_CHANGES)[number];

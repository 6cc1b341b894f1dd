import type { Codec } from '@dozen/testing';
import type { Grade } from '../grade.js';
import type { BytesChange } from '../http/oddity.js';
import type { OrderChange } from '../http/order-body.js';
import type { IdSpelling } from '../texts.js';

/** What a header is instead of the usual. */
export const HEADER_FORMS = [
  'missing',
  'null',
  'empty',
  'same-twice',
  'other-twice',
  'binary',
  'nul',
  'half-surrogate',
  'huge',
  'spaces',
] as const;
export type HeaderForm = (typeof HEADER_FORMS)[number];

export const KEY_FORMS = ['null', 'empty', 'other', 'binary', 'capitals', 'huge'] as const;
export type KeyForm = (typeof KEY_FORMS)[number];

export const BAD_FRAMES = [
  'wrong-crc',
  'magic-0',
  'magic-1',
  'magic-3',
  'codec-5',
  'codec-7',
  'garbage-payload',
  'cut-payload',
  'empty-payload',
  'more-counted',
  'fewer-counted',
  'no-records',
  'length-long',
  'length-short',
  'last-delta',
  'control',
  'transactional',
  'unknown-producer',
  'append-time',
  'bomb',
  'trailing-bytes',
  'delta-twice',
] as const;
export type BadFrame = (typeof BAD_FRAMES)[number];

/** One way in which a record is not the usual one. */
export type RecordOddity = { readonly grade: Grade } &
  /** Spelling of `ce_id`; ms of its time from now. */
  (
    | { readonly of: 'id'; readonly spelling: IdSpelling; readonly ms: number }
    /** The spelling of the order's id, in key, subject and body alike. */
    | { readonly of: 'order-id'; readonly spelling: IdSpelling }
    | { readonly of: 'key'; readonly form: KeyForm }
    | { readonly of: 'header'; readonly name: string; readonly form: HeaderForm }
    /** A header's text as it stands. */
    | { readonly of: 'header-text'; readonly name: string; readonly text: string }
    /** The timestamp of the record itself: ms since 1970, or from now. */
    | { readonly of: 'timestamp'; readonly ms: number; readonly fromNow: boolean }
    | { readonly of: 'body'; readonly change: OrderChange }
    | { readonly of: 'customer'; readonly field: 'id' | 'email' | 'locale'; readonly value: unknown }
    | { readonly of: 'bytes'; readonly how: BytesChange }
    | { readonly of: 'value'; readonly how: 'null' | 'empty' | 'large' | 'too-large' }
    /** The whole payload; the order's id is put into it. */
    | { readonly of: 'payload'; readonly value: unknown }
    | { readonly of: 'frame'; readonly how: BadFrame }
    | { readonly of: 'transaction'; readonly ends: 'abort' | 'commit' }
  );

/** A record as it was thought up. */
export interface RecordCase {
  /** CloudEvents type of a contract. */
  readonly type: string;
  readonly codec: Codec;
  /** What an order asks for. */
  readonly payload: unknown;
  readonly oddities: readonly RecordOddity[];
}

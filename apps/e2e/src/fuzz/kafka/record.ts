import { newId } from '@dozen/kernel';
import type { FrameRecord } from '@dozen/testing';
import { orderBody, type LegalOrder } from '../http/order-body.js';
import { bytesOf } from '../http/request.js';
import { ID_SPELLINGS } from '../texts.js';
import { CONTRACTS } from './instances.js';
import { newIdIn } from './partition.js';
import { CANCEL, PLACE, SNAPSHOT } from './record-case.js';
import type { HeaderForm, KeyForm, RecordCase, RecordOddity } from './record-oddity.js';

type Bytes = Buffer | string | null;
type Header = readonly [name: string, value: Bytes];

/** A case with what is new each time that it is sent. */
export interface MadeRecord {
  readonly topic: string;
  readonly frame: FrameRecord & { readonly headers: readonly Header[] };
  /** Small letters, whatever was sent. */
  readonly id: string;
  /** What the record is about: an order's id in small letters, or a SKU. */
  readonly subject: string;
  /** ms since 1970; undefined for now. */
  readonly timestamp: number | undefined;
}

type OddityOf<K extends RecordOddity['of']> = Extract<RecordOddity, { of: K }>;

export function oddityOf<K extends RecordOddity['of']>({ oddities }: RecordCase, of: K): OddityOf<K> | undefined {
  return oddities.find((one): one is OddityOf<K> => one.of === of);
}

/** Its key, if it has a usual one, belongs to the partition. */
export function madeRecord(one: RecordCase, partition: number): MadeRecord {
  const { type } = one;
  const id = datedId(oddityOf(one, 'id')?.ms ?? 0);
  const subject = type === SNAPSHOT ? `FUZZ-${newId().replaceAll('-', '').toUpperCase()}` : newIdIn(partition);
  const spelled = type === SNAPSHOT ? subject : ID_SPELLINGS[oddityOf(one, 'order-id')?.spelling ?? 'small'](subject);
  const stamp = oddityOf(one, 'timestamp');
  const form = oddityOf(one, 'key')?.form;
  return {
    topic: CONTRACTS.get(type)?.topic.name ?? '',
    frame: {
      key: form === undefined ? spelled : oddKey(form, spelled),
      value: valueOf(one, spelled),
      headers: headersOf(one, id, spelled),
    },
    id,
    subject,
    timestamp: stamp === undefined ? undefined : stamp.ms + (stamp.fromNow ? Date.now() : 0),
  };
}

/** A UUIDv7 of so many ms from now. */
function datedId(ms: number): string {
  const id = newId();
  if (ms === 0) return id;
  const hex = Math.max(0, Date.now() + ms)
    .toString(16)
    .padStart(12, '0')
    .slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}${id.slice(13)}`;
}

function oddKey(form: KeyForm, key: string): Bytes {
  switch (form) {
    case 'null':
      return null;
    case 'empty':
      return '';
    case 'other':
      return newId();
    case 'binary':
      return Buffer.from([0xff, 0, 0xfe, 0x80]);
    case 'capitals':
      return key === key.toUpperCase() ? key.toLowerCase() : key.toUpperCase();
    case 'huge':
      return 'k'.repeat(100_000);
  }
}

function headersOf(one: RecordCase, id: string, subject: string): readonly Header[] {
  const usual: readonly Header[] = [
    ['ce_specversion', '1.0'],
    ['ce_id', ID_SPELLINGS[oddityOf(one, 'id')?.spelling ?? 'small'](id)],
    ['ce_type', one.type],
    ['ce_source', '/fuzz'],
    ['ce_time', new Date().toISOString()],
    ['ce_subject', subject],
  ];
  return one.oddities.reduce<readonly Header[]>(withOddity, usual);
}

function withOddity(headers: readonly Header[], odd: RecordOddity): readonly Header[] {
  if (odd.of === 'header-text') return withHeader(headers, odd.name, [[odd.name, odd.text]]);
  if (odd.of !== 'header') return headers;
  const value = headers.find(([name]) => name === odd.name)?.[1] ?? 'value';
  return withHeader(headers, odd.name, oddHeader(odd.name, odd.form, value));
}

function withHeader(headers: readonly Header[], name: string, by: readonly Header[]): Header[] {
  return [...headers.filter(([other]) => other !== name), ...by];
}

function oddHeader(name: string, form: HeaderForm, value: Bytes): Header[] {
  switch (form) {
    case 'missing':
      return [];
    case 'null':
      return [[name, null]];
    case 'empty':
      return [[name, '']];
    case 'same-twice':
      return [
        [name, value],
        [name, value],
      ];
    case 'other-twice':
      return [
        [name, value],
        [name, 'other'],
      ];
    case 'binary':
      return [[name, Buffer.from([0xff, 0xfe, 0, 0x80])]];
    case 'nul':
      return [[name, `${String(value)}\0`]];
    case 'half-surrogate':
      return [[name, Buffer.from([0x61, 0xed, 0xa0, 0x80])]];
    case 'huge':
      return [[name, 'h'.repeat(60_000)]];
    case 'spaces':
      return [[name, ` ${String(value)} `]];
  }
}

const LARGE = 900_000;
const TOO_LARGE = 1_200_000;

function valueOf(one: RecordCase, subject: string): Buffer | null {
  const value = oddityOf(one, 'value')?.how;
  if (value === 'null') return null;
  if (value === 'empty') return Buffer.alloc(0);
  const json = bytesOf(JSON.stringify(payloadOf(one, subject)), oddityOf(one, 'bytes')?.how);
  if (value === undefined) return json;
  return Buffer.concat([json, Buffer.alloc(value === 'large' ? LARGE : TOO_LARGE, ' ')]);
}

function payloadOf(one: RecordCase, subject: string): unknown {
  switch (one.type) {
    case PLACE:
      return orderOf(one, subject);
    case CANCEL:
      return { orderId: subject, ...(one.payload as object) };
    case SNAPSHOT:
      return { sku: subject, ...(one.payload as object) };
    default: {
      const payload = oddityOf(one, 'payload');
      const whole = payload === undefined ? one.payload : payload.value;
      // The broken part may be the id itself.
      const usual =
        typeof whole === 'object' &&
        whole !== null &&
        !Array.isArray(whole) &&
        'orderId' in whole &&
        typeof whole.orderId === 'string' &&
        whole.orderId.length === subject.length;
      return usual ? { ...whole, orderId: subject } : whole;
    }
  }
}

function orderOf(one: RecordCase, orderId: string): unknown {
  const change = oddityOf(one, 'body')?.change;
  const order: unknown = JSON.parse(orderBody(one.payload as LegalOrder, change === undefined ? [] : [change]).json);
  if (change?.at === 'whole' || typeof order !== 'object') return order;
  const odd = oddityOf(one, 'customer');
  const customer = {
    id: 'fuzz-outside',
    email: 'fuzz-outside@example.org',
    locale: 'en',
    ...(odd === undefined ? {} : { [odd.field]: odd.value }),
  };
  return { orderId, customer, ...order };
}

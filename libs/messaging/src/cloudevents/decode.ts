import {
  type DozenError,
  type Fix,
  isUuidV7,
  type MessageContext,
  type MessageContract,
  messageOf,
  readVersion,
  uuidV7Millis,
} from '@dozen/kernel';
import type { FetchedRecord } from '../broker/port.js';
import { type MessagingErrorCode, messagingError } from '../errors.js';

/** What the decoder must know to judge a record. */
export interface DecodeRules {
  /** The handled contract of a CloudEvents type, if there is one; its newest version for a type that it replaces. */
  contractOf(type: string): MessageContract | undefined;
  /** A handled message in a version that is not read here. */
  isOtherVersion(type: string): boolean;
  /** Commands of an unknown type are refused; unknown events are none of this consumer's business. */
  readonly commandTopics: ReadonlySet<string>;
  /** Ids older than this are refused: the inbox no longer remembers them. */
  readonly keepMs: number;
  readonly clockSkewMs: number;
  readonly now: Date;
}

export type Decoded =
  | { readonly kind: 'message'; readonly context: MessageContext; readonly payload: unknown }
  | { readonly kind: 'ignored' }
  /** `id` only where it can be claimed; without one the record's offset is its identity. */
  | { readonly kind: 'refused'; readonly error: DozenError; readonly id: string | undefined };

const REQUIRED = ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time'];
/** Making one costs more than a decoding does; without `stream` it keeps nothing between two. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Judges one record; throws nothing: whatever a stranger sent becomes a value. */
export function decode(record: FetchedRecord, rules: DecodeRules): Decoded {
  const { headers } = record;
  const id = headers['ce_id'];
  const idFault = faultOfId(id, rules);
  const refuse = (code: MessagingErrorCode, message: string, details: Record<string, unknown> = {}): Decoded => ({
    kind: 'refused',
    error: messagingError(code, message, { details }),
    id: idFault === undefined ? id : undefined,
  });

  const missing = REQUIRED.filter((name) => !headers[name]);
  if (missing.length > 0) return refuse('MSG-HEADERS', `missing headers: ${missing.join(', ')}`);
  const { ce_type: type = '', ce_time: time = '', ce_source: source = '', ce_subject: subject } = headers;
  const contract = rules.contractOf(type);
  const otherVersion = contract === undefined && rules.isOtherVersion(type);
  if (contract === undefined && !otherVersion && !rules.commandTopics.has(record.topic)) return { kind: 'ignored' };
  if (headers['ce_specversion'] !== '1.0') return refuse('MSG-HEADERS', 'ce_specversion is not 1.0');
  if (Number.isNaN(Date.parse(time))) return refuse('MSG-HEADERS', 'ce_time is no RFC 3339 time');
  if (idFault !== undefined || id === undefined) return refuse('MSG-ID', idFault ?? 'no ce_id');
  if (otherVersion) return refuse('MSG-VERSION', `this build does not read ${type}`);
  if (contract === undefined || contract.topic.kind !== kindOf(record.topic, rules)) {
    return refuse('MSG-UNKNOWN-TYPE', `no handler for ${type} on ${record.topic}`);
  }
  const key = record.key?.toString('utf8');
  if (!key) return refuse('MSG-KEY', 'the record has no key');
  if (subject !== undefined && subject !== key) return refuse('MSG-KEY', 'the key is not ce_subject');

  const body = parseJson(record.value);
  if (!body.ok) return refuse('MSG-JSON', body.reason);
  const result = readVersion(contract, type, body.value);
  if (result.issues !== undefined) {
    const issues = result.issues.map(({ path = [], message }) => ({ path: path.map(segment).join('.'), message }));
    const { refusedBy } = result;
    return refusedBy === type
      ? refuse('MSG-SCHEMA', `the body does not match ${type}`, { issues })
      : refuse('MSG-UPCAST', `${type} does not become a ${refusedBy}`, { issues });
  }
  const own = keyIn(contract, result.value);
  if (own.key !== key) return refuse('MSG-KEY', own.fault ?? 'the key is not the one in the body');

  return {
    kind: 'message',
    payload: result.value,
    context: {
      id,
      type,
      source,
      subject: key,
      time: new Date(time),
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      traceparent: headers['traceparent'],
      correlationId: headers['correlationid'] ?? id,
      causationId: headers['causationid'],
      fix: fixOf(headers),
    },
  };
}

function fixOf({ ce_fixedby: by, ce_fixreason: reason }: FetchedRecord['headers']): Fix | undefined {
  return by === undefined || reason === undefined ? undefined : { by, reason };
}

function kindOf(topic: string, rules: DecodeRules): 'command' | 'event' {
  return rules.commandTopics.has(topic) ? 'command' : 'event';
}

/** The contract's word is another's code: what it throws is a reason to refuse, as is its upcasters' and its schema's. */
function keyIn(contract: MessageContract, payload: unknown): { readonly key?: string; readonly fault?: string } {
  try {
    return { key: contract.key(payload) };
  } catch (error) {
    return { fault: `the contract finds no key in the body: ${messageOf(error)}` };
  }
}

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part);
}

function faultOfId(id: string | undefined, { now, keepMs, clockSkewMs }: DecodeRules): string | undefined {
  if (id === undefined || !isUuidV7(id)) return 'ce_id is no UUIDv7';
  const age = now.getTime() - uuidV7Millis(id);
  if (age > keepMs) return 'ce_id is older than the inbox remembers';
  return age < -clockSkewMs ? 'ce_id is dated in the future' : undefined;
}

function parseJson(bytes: Buffer | null): { ok: true; value: unknown } | { ok: false; reason: string } {
  if (bytes === null) return { ok: false, reason: 'the record has no body' };
  try {
    return { ok: true, value: JSON.parse(UTF8.decode(bytes)) };
  } catch (error) {
    return { ok: false, reason: error instanceof SyntaxError ? error.message : 'the body is not UTF-8' };
  }
}

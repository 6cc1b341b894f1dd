import {
  type DozenError,
  type MessageContext,
  type MessageContract,
  messageOf,
  readVersion,
  type SchemaIssue,
} from '@dozen/kernel';
import type { FetchedRecord } from '../broker/port.js';
import { type MessagingErrorCode, messagingError } from '../errors.js';
import { readAttributes, readCompanions } from './attributes.js';
import { readBody } from './body.js';
import { type IdWindow, readId } from './ids.js';
import { canonicalKey, readKey } from './key.js';
import type { Reading } from './reading.js';
import { clipped } from './text.js';

/** What the decoder must know to judge a record. */
export interface DecodeRules extends IdWindow {
  /** The handled contract of a CloudEvents type, if there is one; its newest version for a type that it replaces. */
  contractOf(type: string): MessageContract | undefined;
  /** A handled message in a version that is not read here. */
  isOtherVersion(type: string): boolean;
  /** Commands of an unknown type are refused; unknown events are none of this consumer's business. */
  readonly commandTopics: ReadonlySet<string>;
}

export type Decoded =
  /** Ids and key are in their one spelling, and each text of the context is plain and bounded. */
  | { readonly kind: 'message'; readonly context: MessageContext; readonly payload: unknown }
  | { readonly kind: 'ignored' }
  /** `id` only where it can be claimed; without one the record's offset is its identity. */
  | { readonly kind: 'refused'; readonly error: DozenError; readonly id: string | undefined };

/** The body of an external producer may have as many mistakes as bytes. */
const ISSUES_SHOWN = 10;
const ISSUE_CHARS = 200;

/** Judges one record; throws nothing: whatever an external producer sent becomes a value. */
export function decode(record: FetchedRecord, rules: DecodeRules): Decoded {
  const { headers, topic, partition, offset } = record;
  const id = readId(headers['ce_id'], rules);
  const refuse = (code: MessagingErrorCode, message: string, details: Record<string, unknown> = {}): Decoded => ({
    kind: 'refused',
    error: messagingError(code, message, { details }),
    id: id.value,
  });

  const type = headers['ce_type'] ?? '';
  const contract = rules.contractOf(type);
  const otherVersion = contract === undefined && rules.isOtherVersion(type);
  const isCommand = rules.commandTopics.has(topic);
  if (type !== '' && contract === undefined && !otherVersion && !isCommand) return { kind: 'ignored' };
  const attributes = readAttributes(record);
  if (attributes.fault !== undefined) return refuse('MSG-HEADERS', attributes.fault);
  if (id.fault !== undefined) return refuse('MSG-ID', id.fault);
  if (otherVersion) return refuse('MSG-VERSION', `this build does not read ${type}`);
  if (contract === undefined || contract.topic.kind !== (isCommand ? 'command' : 'event')) {
    return refuse('MSG-UNKNOWN-TYPE', `no handler for ${type} on ${topic}`);
  }
  const { source, subject, time } = attributes.value;
  const key = readKey(record.key);
  if (key.fault !== undefined) return refuse('MSG-KEY', key.fault);
  if (subject !== undefined && canonicalKey(subject) !== key.text)
    return refuse('MSG-KEY', 'the key is not ce_subject');

  const payload = payloadOf(contract, type, { value: record.value, key: key.text });
  if (payload.refused !== undefined) return refuse(...payload.refused);

  const companions = readCompanions(headers);
  return {
    kind: 'message',
    payload: payload.value,
    context: {
      ...companions,
      ...{ id: id.value, type, source, subject: key.text, time, topic, partition, offset },
      correlationId: companions.correlationId ?? id.value,
    },
  };
}

type Refusal = readonly [code: MessagingErrorCode, message: string, details?: Record<string, unknown>];

/** The body as the newest version of its type, if it is one of that key. */
function payloadOf(
  contract: MessageContract,
  type: string,
  { value, key }: { readonly value: FetchedRecord['value']; readonly key: string },
): { readonly value: unknown; readonly refused?: undefined } | { readonly refused: Refusal } {
  const body = readBody(value);
  if (body.fault !== undefined) return { refused: ['MSG-JSON', body.fault] };
  const result = readVersion(contract, type, body.value);
  if (result.issues !== undefined) {
    const { refusedBy, issues } = result;
    return refusedBy === type
      ? { refused: ['MSG-SCHEMA', `the body does not match ${type}`, inBrief(issues)] }
      : { refused: ['MSG-UPCAST', `${type} does not become a ${refusedBy}`, inBrief(issues)] };
  }
  const own = keyIn(contract, result.value);
  if (own.fault !== undefined) return { refused: ['MSG-KEY', own.fault] };
  if (own.value !== key) return { refused: ['MSG-KEY', 'the key is not the one in the body'] };
  return { value: result.value };
}

/**
 * The contract's key is code of the application: what it throws is a reason to refuse, as with its upcasters and
 * schema.
 */
function keyIn(contract: MessageContract, payload: unknown): Reading<string> {
  try {
    return { value: canonicalKey(contract.key(payload)) };
  } catch (error) {
    return { fault: `the contract finds no key in the body: ${clipped(messageOf(error), ISSUE_CHARS)}` };
  }
}

function inBrief(issues: readonly SchemaIssue[]): Record<string, unknown> {
  const shown = issues.slice(0, ISSUES_SHOWN).map(({ path = [], message }) => ({
    path: clipped(path.map(segment).join('.'), ISSUE_CHARS),
    message: clipped(message, ISSUE_CHARS),
  }));
  return issues.length > shown.length ? { issues: shown, more: issues.length - shown.length } : { issues: shown };
}

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part);
}

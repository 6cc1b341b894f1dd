import type { Fix } from '@dozen/kernel';
import { formatTraceparent, parseTraceparent } from '@dozen/telemetry';
import type { FetchedRecord } from '../broker/port.js';
import { messagingPolicy as policy } from '../policy.js';
import { typeFault } from './media-type.js';
import type { Reading } from './reading.js';
import { clipped, isCloudEventsText, oneLine } from './text.js';
import { readTime, readTimestamp } from './time.js';

type Headers = FetchedRecord['headers'];

/** What CloudEvents says a message is. `ce_id` has a judge of its own. */
export interface Attributes {
  readonly type: string;
  readonly source: string;
  readonly subject: string | undefined;
  readonly time: Date;
}

/** What goes with a message so that it can be followed. */
export interface Companions {
  readonly traceparent: string | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly fix: Fix | undefined;
}

const REQUIRED = ['ce_specversion', 'ce_id', 'ce_type', 'ce_source'];
const TEXTS = ['ce_type', 'ce_source', 'ce_subject', 'ce_time'];
/** Fits into every header, log line and URN, as the gateway's request ids do. */
const FOLLOWABLE = new RegExp(`^[\\x21-\\x7e]{1,${policy.correlationBytes}}$`);

/**
 * The attributes of CloudEvents 1.0 in binary mode. All that is used is plain text of at most the policy's `textBytes`;
 * a fault names the header and quotes nothing of it. `ce_time` is optional: without it the record's own time counts.
 */
export function readAttributes({ headers, timestamp }: FetchedRecord): Reading<Attributes> {
  const { 'content-type': mediaType, ce_type: type = '', ce_source: source = '', ce_subject: subject } = headers;
  const fault =
    (mediaType !== undefined && typeFault(mediaType)) || missing(headers) || TEXTS.map(misspelt(headers)).find(Boolean);
  if (fault) return { fault };
  if (headers['ce_specversion'] !== '1.0') return { fault: 'ce_specversion is not 1.0' };
  const given = headers['ce_time'];
  const time = given === undefined ? readTimestamp(timestamp) : readTime(given);
  if (time.fault === undefined) return { value: { type, source, subject, time: time.value } };
  return {
    fault: given === undefined ? `no ce_time, and the record has none: ${time.fault}` : `ce_time: ${time.fault}`,
  };
}

/**
 * Never a reason to refuse a message: what is not usable is not there (W3C Trace Context says so of `traceparent`), and an
 * operator's note is cleaned. All of it is copied into what the message leads to.
 */
export function readCompanions(headers: Headers): Companions {
  const trace = headers['traceparent'] === undefined ? undefined : parseTraceparent(headers['traceparent']);
  return {
    traceparent: trace && formatTraceparent(trace),
    correlationId: followable(headers['correlationid']),
    causationId: followable(headers['causationid']),
    fix: readFix(headers),
  };
}

function missing(headers: Headers): string | undefined {
  const names = REQUIRED.filter((name) => !headers[name]);
  return names.length > 0 ? `missing headers: ${names.join(', ')}` : undefined;
}

function misspelt(headers: Headers): (name: string) => string | undefined {
  return (name) => {
    const text = headers[name];
    if (text === undefined) return undefined;
    if (Buffer.byteLength(text) > policy.textBytes) return `${name} has more than ${policy.textBytes} bytes`;
    return isCloudEventsText(text) ? undefined : `${name} is no text in UTF-8 without control characters`;
  };
}

function followable(id: string | undefined): string | undefined {
  return id !== undefined && FOLLOWABLE.test(id) ? id : undefined;
}

function readFix({ ce_fixedby, ce_fixreason }: Headers): Fix | undefined {
  const [by, reason] = [ce_fixedby, ce_fixreason].map((text = '') => clipped(oneLine(text), policy.noteChars));
  return by && reason ? { by, reason } : undefined;
}

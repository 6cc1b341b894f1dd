import { CompressionTypes } from 'kafkajs';
import { HARMLESS_HEADERS, LEGAL_MEDIA_TYPES } from '../fuzz/http/header-values.js';
import { BYTES_CHANGES } from '../fuzz/http/oddity.js';
import { bytesOf } from '../fuzz/http/request.js';
import { ID_SPELLINGS, LEGAL_EMAILS, LEGAL_SPELLINGS } from '../fuzz/texts.js';
import { Random } from './random.js';

/*
 * What an external client may write instead of the usual, as the fuzz knows it. All of it depends on an id: who repeats a
 * message or a request spells it in the same way.
 */

export interface Spelling {
  readonly id: string;
  /** `ce_time`, which may be missing, and what is nobody's business. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: CompressionTypes;
}

/** The spelling of a record that is to be handled. */
export function recordSpelling(messageId: string): Spelling {
  const random = randomOf(messageId);
  const time = random.int(1, 3) === 1 ? {} : { ce_time: new Date().toISOString() };
  return {
    id: idSpelling(messageId),
    headers: { ...time, ...random.pick([{}, { 'x-b3-traceid': '\0\ufffd' }, { traceparent: 'none' }]) },
    compression: random.pick([
      CompressionTypes.None,
      CompressionTypes.GZIP,
      CompressionTypes.Snappy,
      CompressionTypes.LZ4,
      CompressionTypes.ZSTD,
    ]),
  };
}

/** Header fields of a POST of JSON that is to be taken; `key` is the Idempotency-Key. */
export function requestSpelling(key: string): Readonly<Record<string, string>> {
  const random = randomOf(key);
  const [name, value] = random.pick(HARMLESS_HEADERS);
  return {
    [name]: value,
    'content-type': random.pick(LEGAL_MEDIA_TYPES),
    // The draft has a string with quotes; many programs leave them out.
    'idempotency-key': random.pick([`"${key}"`, key]),
  };
}

/** The spelling of the id of a message or an order. */
export function idSpelling(id: string): string {
  return ID_SPELLINGS[randomOf(id).pick(LEGAL_SPELLINGS)](id);
}

/** An address that a mailbox may have. */
export function addressOf(orderId: string): string {
  return randomOf(orderId).pick(LEGAL_EMAILS);
}

/** Payloads that nobody can read: fields are missing, and often that is not all. */
export function unreadable(orderId: string, messageId: string): Buffer {
  const how = randomOf(messageId).pick(['as it is' as const, ...BYTES_CHANGES]);
  return bytesOf(JSON.stringify({ orderId, poison: true }), how === 'as it is' ? undefined : how);
}

/** A generator whose seed is the last 32 bits of an id, which are random. */
function randomOf(id: string): Random {
  return new Random(Number.parseInt(id.slice(-8), 16));
}

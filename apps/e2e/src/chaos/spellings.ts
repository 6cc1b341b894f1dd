import { CompressionTypes } from 'kafkajs';
import { ID_SPELLINGS, LEGAL_EMAILS, LEGAL_SPELLINGS } from '../fuzz/texts.js';
import { Random } from './random.js';

/** What a stranger's program may write instead of the usual, as the fuzz knows it: all of it is to be handled. */
export interface Spelling {
  readonly id: string;
  /** `ce_time`, which may be missing, and what is nobody's business. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: CompressionTypes;
}

/** The same for the same message: who repeats it spells it in the same way. */
export function spelledByStrangers(messageId: string): Spelling {
  const random = randomOf(messageId);
  const time = random.int(1, 3) === 1 ? {} : { ce_time: new Date().toISOString() };
  return {
    id: ID_SPELLINGS[random.pick(LEGAL_SPELLINGS)](messageId),
    headers: { ...time, ...random.pick([{}, { 'x-b3-traceid': '\0\ufffd' }, { traceparent: 'none' }]) },
    // Of the codecs it is the one that this client has.
    compression: random.pick([CompressionTypes.None, CompressionTypes.GZIP]),
  };
}

/** An address that a mailbox may have. */
export function addressOf(orderId: string): string {
  return randomOf(orderId).pick(LEGAL_EMAILS);
}

/** By the last 32 bits of an id, which are random. */
function randomOf(id: string): Random {
  return new Random(Number.parseInt(id.slice(-8), 16));
}

import type { OutgoingMessage } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { encodeRecord } from '../broker/kafkajs/record-encoder.js';
import { messagingPolicy as policy } from '../policy.js';
import { encodeHeaders } from './encode.js';

/** A broker's `max.message.bytes` unless somebody set it; it bounds a batch, and so a request of one partition. */
const BROKER_BYTES = 1_048_588;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What a record has besides its value, in bytes. */
function besides(change: Partial<Pick<OutgoingMessage, 'correlationId' | 'fix' | 'subject'>> = {}): number {
  const [id, subject, correlationId] = [newId(), newId(), newId()];
  const type = 'dozen.CancellationRefused.v1';
  const contract = { type } as OutgoingMessage['contract'];
  const message = { id, subject, correlationId, contract, payload: {}, time: new Date(), traceparent: TRACE };
  const sent = { ...message, causationId: newId(), fix: undefined, ...change };
  return encodeRecord({ key: sent.subject, value: '', headers: encodeHeaders(sent, '/dozen/notifier') }).buffer.length;
}

describe('what a record has besides its value', () => {
  it('is what the relay reckons with', () => {
    expect(besides()).toBeLessThanOrEqual(policy.relayRowBytes);
  });

  it('leaves a full batch below what a broker takes also where each correlation id is as long as may be', () => {
    const over = besides({ correlationId: 'c'.repeat(policy.correlationBytes) }) - policy.relayRowBytes;
    expect(policy.relaySendBytes + policy.relayBatch * over).toBeLessThan(BROKER_BYTES);
  });

  it('is below 16 KiB at all bounds, of which libs/contracts reckons', () => {
    const note = '\u{1F600}'.repeat(policy.noteChars / 2);
    const most = besides({
      subject: 'k'.repeat(policy.textBytes),
      correlationId: 'c'.repeat(policy.correlationBytes),
      fix: { by: note, reason: note },
    });
    expect(most).toBeLessThan(16 * 1024);
  });
});

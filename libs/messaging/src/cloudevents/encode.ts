import type { OutgoingMessage } from '@dozen/database';

/**
 * Header names of CloudEvents 1.0, Kafka protocol binding, binary content mode, and of W3C trace context. `fixedby` and
 * `fixreason` are extension attributes: only what is written while a corrected message is handled has them.
 */
export function encodeHeaders(message: OutgoingMessage, source: string): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: message.id,
    ce_type: message.contract.type,
    ce_source: source,
    ce_time: message.time.toISOString(),
    ce_subject: message.subject,
    'content-type': 'application/json',
    correlationid: message.correlationId,
    traceparent: message.traceparent,
    ...(message.causationId === undefined ? {} : { causationid: message.causationId }),
    ...(message.fix === undefined ? {} : { ce_fixedby: message.fix.by, ce_fixreason: message.fix.reason }),
  };
}

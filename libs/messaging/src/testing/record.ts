import { type MessageContract, newId } from '@dozen/kernel';
import type { OutgoingRecord } from '../broker/port.js';

/** The record of a message as another service would write it. A record with the `id` of an earlier one is its redelivery. */
export function recordOf<T>(contract: MessageContract<T>, payload: T, id = newId()): OutgoingRecord {
  const key = contract.key(payload);
  const time = new Date().toISOString();
  const ce = { ce_id: id, ce_type: contract.type, ce_source: '/test', ce_time: time, ce_subject: key };
  return {
    topic: contract.topic.name,
    key,
    value: JSON.stringify(payload),
    headers: { ce_specversion: '1.0', ...ce, 'content-type': 'application/json' },
  };
}

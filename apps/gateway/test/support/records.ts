import { type MessageContract, newId } from '@dozen/kernel';
import type { OutgoingRecord } from '@dozen/messaging';

/** A message as its service would send it. */
export function record<T>(contract: MessageContract<T>, payload: T): OutgoingRecord {
  const key = contract.key(payload);
  const value = JSON.stringify(payload);
  const time = new Date().toISOString();
  const ce = { ce_id: newId(), ce_type: contract.type, ce_source: '/dozen/hand', ce_time: time, ce_subject: key };
  return { topic: contract.topic.name, key, value, headers: { ce_specversion: '1.0', ...ce } };
}

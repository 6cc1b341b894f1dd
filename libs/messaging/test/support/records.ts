import { type MessageContract, newId } from '@dozen/kernel';
import { Partitioners } from 'kafkajs';
import type { BrokerPort, OutgoingRecord } from '../../src/index.js';
import type { Note } from '../harness.js';

/** A record as an external producer would write it. */
export function recordOf(
  contract: MessageContract<Note>,
  payload: Note,
  headers: Readonly<Record<string, string>> = {},
): OutgoingRecord {
  return {
    topic: contract.topic.name,
    key: payload.key,
    value: JSON.stringify(payload),
    headers: {
      ce_specversion: '1.0',
      ce_id: newId(),
      ce_type: contract.type,
      ce_source: '/stranger',
      ce_time: new Date().toISOString(),
      ...headers,
    },
  };
}

export async function sendTo(broker: BrokerPort, records: readonly OutgoingRecord[]): Promise<void> {
  const producer = await broker.producer({ timeoutMs: 10_000 });
  await producer.send(records, { timeoutMs: 10_000 });
  await producer.close();
}

/** A new key that the client's partitioner puts into the partition. */
export function keyIn(partition: number, { partitions }: { partitions: number }): string {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [],
    isr: [],
  }));
  const partitioner = Partitioners.DefaultPartitioner();
  for (;;) {
    const key = newId();
    if (partitioner({ topic: '', partitionMetadata, message: { key, value: null } }) === partition) return key;
  }
}

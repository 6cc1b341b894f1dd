import { newId } from '@dozen/kernel';
import { Partitioners } from 'kafkajs';

export const PARTITIONS = 8;

const choose = Partitioners.DefaultPartitioner();
const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
  partitionId,
  partitionErrorCode: 0,
  leader: 0,
  replicas: [],
  isr: [],
}));

/** Where Kafka's clients put this key. */
export function partitionOf(key: string): number {
  return choose({ topic: '', partitionMetadata, message: { key, value: null } });
}

/** A new id whose messages are all in that partition, of every topic. */
export function newIdIn(partition: number): string {
  for (;;) {
    const id = newId();
    if (partitionOf(id) === partition) return id;
  }
}

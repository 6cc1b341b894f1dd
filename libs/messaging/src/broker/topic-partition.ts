export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Names a partition as an operator knows it, and as a key of maps: `orders.events/3`. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Lists the partitions of an assignment as kafkajs tells it, by topic. */
export function placesOf(assignment: Readonly<Record<string, readonly number[]>>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

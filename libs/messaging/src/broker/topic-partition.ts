export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** As a key of maps, and as an operator knows it: `orders.events/3`. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Of an assignment as a client tells it: partitions by topic. */
export function placesOf(assignment: Readonly<Record<string, readonly number[]>>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

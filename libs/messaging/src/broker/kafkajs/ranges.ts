import type { Admin, Consumer, Kafka, TopicPartitionOffset } from 'kafkajs';
import type { PartitionOffset, PartitionRange } from '../port.js';
import { messagingError } from '../../errors.js';

const NEVER_COMMITTED = '-1';

/** Where a group stands in every partition of the topics (names as the broker knows them). */
export async function rangesOf(admin: Admin, group: string, topics: readonly string[]): Promise<PartitionRange[]> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const ranges: PartitionRange[] = [];
  for (const { topic, partitions } of committed) {
    const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
    for (const { partition, offset } of partitions) {
      const end = ends.get(partition);
      if (end === undefined) continue;
      const { low, high } = end;
      ranges.push({ topic, partition, committed: offset === NEVER_COMMITTED ? undefined : offset, low, high });
    }
  }
  return ranges;
}

/** Sets offsets by joining the group. Its members would have a rebalance, so this refuses when there are any. */
export async function setOffsetsOf(
  { admin, kafka }: { admin: Admin; kafka: Kafka },
  group: string,
  offsets: readonly Omit<PartitionOffset, 'generation'>[],
): Promise<void> {
  const [description] = (await admin.describeGroups([group])).groups;
  if (description !== undefined && description.members.length > 0) {
    throw messagingError(
      'MSG-GROUP-ACTIVE',
      `group ${group} has ${description.members.length} members: stop them first`,
    );
  }
  for (const [topic, places] of Map.groupBy(offsets, (offset) => offset.topic)) {
    await commitAlone(kafka.consumer({ groupId: group, maxWaitTimeInMs: LEAVE_AFTER_MS }), topic, places);
  }
}

/**
 * The longest wait of a fetch, in ms, since a member leaves only when its fetch is over. kafkajs' own
 * `admin.setOffsets` waits 5 s.
 */
const LEAVE_AFTER_MS = 100;

async function commitAlone(consumer: Consumer, topic: string, places: readonly TopicPartitionOffset[]): Promise<void> {
  await consumer.connect();
  try {
    await consumer.subscribe({ topic });
    const joined = consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
    // Paused before it has joined: where an offset is not in the log, kafkajs would go on at another one.
    consumer.pause([{ topic }]);
    await joined;
    await consumer.commitOffsets([...places]);
  } finally {
    await consumer.disconnect();
  }
}

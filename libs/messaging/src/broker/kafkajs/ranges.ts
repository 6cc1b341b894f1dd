import type { Admin } from 'kafkajs';
import type { PartitionOffset, PartitionRange } from '../port.js';
import { messagingError } from '../../errors.js';

const NEVER_COMMITTED = '-1';

/** Where a group stands in every partition of the topics (names as the broker knows them). */
export async function rangesOf(admin: Admin, group: string, topics: readonly string[]): Promise<PartitionRange[]> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const ranges = await Promise.all(
    committed.map(async ({ topic, partitions }) => {
      const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
      return partitions.flatMap(({ partition, offset }): PartitionRange[] => {
        const end = ends.get(partition);
        if (end === undefined) return [];
        const { low, high } = end;
        return [{ topic, partition, committed: offset === NEVER_COMMITTED ? undefined : offset, low, high }];
      });
    }),
  );
  return ranges.flat();
}

/** kafkajs joins the group for it, which the other members would hear as a rebalance: so it refuses when there are any. */
export async function setOffsetsOf(
  admin: Admin,
  group: string,
  offsets: readonly Omit<PartitionOffset, 'epoch'>[],
): Promise<void> {
  const [description] = (await admin.describeGroups([group])).groups;
  if (description !== undefined && description.members.length > 0) {
    throw messagingError(
      'MSG-GROUP-ACTIVE',
      `group ${group} has ${description.members.length} members: stop them first`,
    );
  }
  for (const [topic, partitions] of Map.groupBy(offsets, (offset) => offset.topic)) {
    await admin.setOffsets({
      groupId: group,
      topic,
      partitions: partitions.map(({ partition, offset }) => ({ partition, offset })),
    });
  }
}

import type { Topic } from './read.js';

/** The topics of the last release, by name. */
export type ReleasedTopics = Readonly<Record<string, Pick<Topic, 'kind' | 'partitions' | 'cleanup'>>>;

/** Changes of topics that could not be rolled out, one sentence each. Only the time for which records are kept may change. */
export function topicBreaks(topics: readonly Topic[], released: ReleasedTopics): string[] {
  const current = new Map(topics.map((topic) => [topic.name, topic]));
  return Object.entries(released).flatMap(([name, before]) => {
    const topic = current.get(name);
    if (topic === undefined) return [`${name} is gone: the last release still writes to it, and reads from it`];
    const { kind, partitions, cleanup } = topic;
    return [
      ...(kind === before.kind
        ? []
        : [`${name} was a topic of ${before.kind}s: what is parked alone would block a key`]),
      ...(partitions === before.partitions
        ? []
        : [`${name} has ${before.partitions} partitions: with ${partitions}, keys move, and their order is lost`]),
      ...(cleanup === before.cleanup
        ? []
        : [`${name} was cleaned up by ${before.cleanup}: ${cleanup} keeps other records`]),
    ];
  });
}

export function releasedTopics(topics: readonly Topic[]): ReleasedTopics {
  return Object.fromEntries(topics.map(({ name, kind, partitions, cleanup }) => [name, { kind, partitions, cleanup }]));
}

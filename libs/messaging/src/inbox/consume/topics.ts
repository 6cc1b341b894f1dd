import type { BrokerPort } from '../../broker/port.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import type { HandlerRegistry } from '../handle/handlers.js';

/** Throws MSG-RETENTION for a topic that is kept longer than the inbox remembers the ids in it. */
export function checkRetention({ declarations }: HandlerRegistry): void {
  const tooLong = declarations.filter(({ retentionMs }) => retentionMs > messagingPolicy.inboxKeepMs);
  if (tooLong.length === 0) return;
  throw messagingError('MSG-RETENTION', 'a topic keeps records longer than the inbox remembers their ids', {
    details: { topics: tooLong.map(({ name }) => name) },
  });
}

/** Throws MSG-TOPIC-MISSING, which `migrate` mends, and MSG-PARTITIONS, which nothing mends: keys would move. */
export async function checkTopics(broker: BrokerPort, { topics, declarations }: HandlerRegistry): Promise<void> {
  const counts = await broker.partitionCounts(topics);
  for (const { name, partitions } of declarations) {
    const found = counts.get(name);
    if (found === undefined) throw messagingError('MSG-TOPIC-MISSING', `topic ${name} does not exist: run migrate`);
    if (found !== partitions) {
      throw messagingError('MSG-PARTITIONS', `topic ${name} has ${found} partitions, not ${partitions}`);
    }
  }
}

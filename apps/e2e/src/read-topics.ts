import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { newId } from '@dozen/kernel';

const TIMEOUT_MS = 60_000;

/** Every record of some topics, from the first to the end, by a consumer that has nothing to do with Dozen's. */
export async function readTopics(
  kafkaUrl: string,
  topics: readonly string[],
  look: (topic: string, message: KafkaMessage) => void,
): Promise<void> {
  const brokers = [new URL(kafkaUrl).host];
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const ends = await endsOf(kafka, topics);
  const consumer = kafka.consumer({ groupId: `e2e-${newId()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    const allRead = Promise.withResolvers<true>();
    if (ends.size === 0) allRead.resolve(true);
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, partition, message }) => {
        look(topic, message);
        const at = `${topic}/${partition}`;
        if (BigInt(message.offset) + 1n >= (ends.get(at) ?? 0n)) ends.delete(at);
        if (ends.size === 0) allRead.resolve(true);
        return Promise.resolve();
      },
    });
    const timer = setTimeout(() => allRead.reject(new Error('the log could not be read to its end')), TIMEOUT_MS);
    await allRead.promise.finally(() => clearTimeout(timer));
  } finally {
    await consumer.disconnect();
  }
}

/** The end of each partition that has records. */
async function endsOf(kafka: Kafka, topics: readonly string[]): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

import { plainKafka } from '../kafka.js';
import { playRole } from './role.js';

export interface ProducerInput {
  readonly kafkaUrl: string;
  readonly topic: string;
  readonly warmUpTopic: string;
  readonly total: number;
  /** One batch of messages, sent again and again: nothing is made or read while it is measured. */
  readonly messages: readonly { key: string; value: string; headers: Record<string, string> }[];
}

/** The yardstick of the relay: kafkajs alone, idempotent, acks from all, one batch after another. */
await playRole<ProducerInput>(async ({ kafkaUrl, topic, warmUpTopic, total, messages }, cue) => {
  const producer = plainKafka(kafkaUrl).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const send = async (to: string, rows: number): Promise<void> => {
    for (let sent = 0; sent < rows; sent += messages.length) {
      await producer.send({ topic: to, acks: -1, messages: [...messages] });
    }
  };
  await send(warmUpTopic, 20 * messages.length);
  cue.ready();
  await cue.go;
  const before = process.cpuUsage();
  await send(topic, total);
  const used = process.cpuUsage(before);
  await producer.disconnect();
  return used;
});

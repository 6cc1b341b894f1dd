import { Kafka, logLevel } from 'kafkajs';

/** A plain kafkajs client, as its manual shows it: what yardsticks and readers use. */
export function plainKafka(kafkaUrl: string): Kafka {
  return new Kafka({ clientId: 'yardstick', brokers: [new URL(kafkaUrl).host], logLevel: logLevel.NOTHING });
}

import { defineSection } from '@dozen/config';
import { z } from 'zod';
import { parseKafkaUrl } from './broker/kafkajs/url.js';

export const kafkaSection = defineSection('Kafka', {
  KAFKA_URL: z
    .string()
    .refine(
      isKafkaUrl,
      'expected kafka://[user:password@]host:port[,host:port…][?mechanism=…&topic-prefix=…] (kafkas:// for TLS)',
    )
    .meta({
      description:
        'The brokers. kafkas:// for TLS; mechanism is plain, scram-sha-256 or scram-sha-512; topic-prefix stands before every topic.',
      example: 'kafka://127.0.0.1:9092',
      secret: true,
    }),
});

function isKafkaUrl(text: string): boolean {
  try {
    parseKafkaUrl(text);
    return true;
  } catch {
    return false;
  }
}

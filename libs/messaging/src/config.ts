import { defineSection, envUrl } from '@dozen/config';
import { KAFKA } from './broker/kafkajs/url.js';

export const kafkaSection = defineSection('Kafka', {
  KAFKA_URL: envUrl(KAFKA).meta({
    description:
      'The brokers: [user:password@]host:port[,host:port…]. kafkas:// for TLS; mechanism is plain, scram-sha-256 or scram-sha-512; topic-prefix stands before every topic.',
    example: 'kafka://127.0.0.1:9092',
    secret: true,
  }),
});

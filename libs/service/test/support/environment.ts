import { type TestDatabase, testKafkaUrl } from '@dozen/testing';

/** What a service of a test needs to run: a database of the test's own, and the run's Kafka. */
export function environmentOf({ url }: Pick<TestDatabase, 'url'>): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: url,
    KAFKA_URL: testKafkaUrl(),
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    NODE_ENV: 'test',
  };
}

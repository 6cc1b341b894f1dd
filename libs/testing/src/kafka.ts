import { newId } from '@dozen/kernel';
import { fromEnvironment, TEST_ENVIRONMENT } from './environment.js';

/** Jest loads modules anew for each test file: so this is one per file. */
const topicPrefix = `${newId()}.`;

/**
 * `kafka://…` of the broker that all test files share, with a topic prefix of the file's own: none reads another's
 * records. Consumer groups still need names of their own.
 */
export function testKafkaUrl(): string {
  return `${fromEnvironment(TEST_ENVIRONMENT.kafka)}?topic-prefix=${topicPrefix}`;
}

/** Makes names that no other test file uses, for topics and consumer groups: `names('orders.events')`. */
export function testNames(): (suffix: string) => string {
  const prefix = `test.${newId()}`;
  return (suffix) => `${prefix}.${suffix}`;
}

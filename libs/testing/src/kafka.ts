import { newId } from '@dozen/kernel';
import { fromEnvironment, TEST_ENVIRONMENT } from './environment.js';

/** `kafka://…` of the broker that all test files share; each uses topics and groups with names of its own. */
export function testKafkaUrl(): string {
  return fromEnvironment(TEST_ENVIRONMENT.kafka);
}

/** Makes names that no other test file uses, for topics and consumer groups: `names('orders.events')`. */
export function testNames(): (suffix: string) => string {
  const prefix = `test.${newId()}`;
  return (suffix) => `${prefix}.${suffix}`;
}

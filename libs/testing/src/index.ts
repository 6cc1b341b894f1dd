export { eventually } from './eventually.js';
export { testKafkaUrl, testNames } from './kafka.js';
export { createTestDatabase, type DatabaseTemplate, dropTestDatabases, type TestDatabase } from './postgres.js';

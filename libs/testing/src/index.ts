export { eventually } from './eventually.js';
export { createTestDatabase, type TestDatabase, testKafkaUrl } from './test-database.js';

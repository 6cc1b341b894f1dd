export { TcpProxy } from '@dozen/backing';
export { eventually } from './eventually.js';
export { ownBacking, ownProxiedKafka, type ProxiedKafka } from './own-backing.js';
export { collectMeters, type Series } from './meters.js';
export { testKafkaUrl, testNames } from './kafka.js';
export { createTestDatabase, type DatabaseTemplate, dropTestDatabases, type TestDatabase } from './postgres.js';
export { collectSpans } from './spans.js';
export { redisHere, startRedis, type TestRedis } from './redis.js';

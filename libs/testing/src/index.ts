export { TcpProxy } from '@dozen/backing';
export { eventually } from '@dozen/kernel/testing';
export { ownBacking, ownProxiedKafka, type ProxiedKafka } from './own-backing.js';
export { collectMeters, type Series } from './meters.js';
export { testKafkaUrl, testNames } from './kafka.js';
export { createTestDatabase, type DatabaseTemplate, dropTestDatabases, type TestDatabase } from './postgres.js';
export { collectSpans } from './spans.js';
export { urlTexts } from './url-texts.js';
export { redisHere, startRedis, type TestRedis } from './redis.js';
export { type Codec, CODECS, codecNumber, pack, unpack } from './kafka-codecs.js';
export {
  CONTROL,
  encodeFrameRecord,
  type FrameOptions,
  type FrameRecord,
  recordBatch,
  TRANSACTIONAL,
  varInt,
} from './kafka-frames.js';
export { type Produced, produceRaw } from './raw-produce.js';

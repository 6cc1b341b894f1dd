export type { ConsumerUnderTest, Outcome, Published } from './consumer.js';
export { consumerInMemory, type InMemoryOptions } from './in-memory.js';
export { type ConsumerOnServers, consumerOnServers, type OnServersOptions } from './on-servers.js';
export { recordOf } from './record.js';

export { type ControllersUnderTest, controllersUnderTest } from './controllers-under-test.js';
export { startIdentity, type TestIdentity, type TokenClaims } from './identity.js';
export { recordOf } from '@dozen/messaging/testing';
export type { Published } from './published.js';
export { notMigrated, tablesOf, undoMigrations } from './schema.js';
export { type ServiceUnderTest, startUnderTest } from './start-under-test.js';

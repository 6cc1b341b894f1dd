export type { Published } from './published.js';
export { recordOf } from './record.js';
export { notMigrated, tablesOf, undoMigrations } from './schema.js';
export { type ServiceUnderTest, startUnderTest } from './start-under-test.js';

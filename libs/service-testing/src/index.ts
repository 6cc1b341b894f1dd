export type { Published } from './published.js';
export { recordOf } from './record.js';
export { type ServiceUnderTest, startUnderTest } from './start-under-test.js';

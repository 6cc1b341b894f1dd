export { recordOf } from './record.js';
export { type Published, type ServiceUnderTest, startUnderTest } from './start-under-test.js';

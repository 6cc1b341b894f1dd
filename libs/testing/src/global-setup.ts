import { provideBacking } from './backing-run.js';
import { afterTheRun } from './after-the-run.js';

/** Jest's globalSetup of component tests: PostgreSQL and Kafka, once for all test files of the run. */
export default async function globalSetup(): Promise<void> {
  afterTheRun.set(await provideBacking(process.env));
}

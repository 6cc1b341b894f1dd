import { afterTheRun } from './after-the-run.js';

/** Jest's globalTeardown of component tests. */
export default async function globalTeardown(): Promise<void> {
  await afterTheRun.take()?.();
}

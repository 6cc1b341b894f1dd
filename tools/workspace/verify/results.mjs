import { existsSync, readFileSync } from 'node:fs';

/**
 * What Jest counted. A test file that did not run at all counts as one failed test; so does a run that found no test.
 * @param {string | undefined} file
 */
export function testCounts(file) {
  if (file === undefined || !existsSync(file)) return { passed: 0, failed: 0, files: 0, skipped: 0 };
  const results = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    files: results.numTotalTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** Of a step that is one test by itself. @param {boolean} ok */
export function oneTest(ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, files: 1, skipped: 0 };
}

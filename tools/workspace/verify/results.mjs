import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from '../../bootstrap/bootstrap.mjs';

const NOTHING = { passed: 0, failed: 0, files: 0, skipped: 0, red: [] };

/**
 * What Jest counted, and the name of each test that failed. A test file that did not run at all counts as one failed
 * test; so does a run that found no test.
 * @param {string | undefined} file
 */
export function testCounts(file) {
  if (file === undefined || !existsSync(file)) return { ...NOTHING };
  const results = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    files: results.numTotalTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
    red: results.testResults.flatMap(redTests),
  };
}

function redTests({ name, status, assertionResults }) {
  const path = relative(root, name);
  const red = assertionResults.filter((test) => test.status === 'failed').map((test) => `${path} › ${test.fullName}`);
  return status === 'failed' && red.length === 0 ? [`${path} did not run`] : red;
}

/** Of a step that is one test by itself. @param {boolean} ok */
export function oneTest(ok) {
  return { ...NOTHING, passed: ok ? 1 : 0, failed: ok ? 0 : 1, files: 1 };
}

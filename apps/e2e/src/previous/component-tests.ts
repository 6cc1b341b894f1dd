import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backing } from '@dozen/backing';
import type { ServiceName } from '@dozen/manifest';
import { z } from 'zod';

export interface ComponentTests {
  /** The built last release. */
  readonly dir: string;
  readonly service: ServiceName;
  readonly backing: Backing;
  /** Part of a test file's name, and of a test's in it; all by default. */
  readonly only?: { readonly file: string; readonly test: string };
  readonly signal: AbortSignal;
}

export interface ComponentResults {
  readonly passed: number;
  readonly failed: number;
  /** The failed tests' names and why, for people. */
  readonly report: string;
}

const results = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numRuntimeErrorTestSuites: z.int(),
  testResults: z.array(z.object({ message: z.string() })),
});

/**
 * The last release's own component tests of a service, on databases that the server makes. Left out is `schema.spec`: it
 * states what the schema is, and that is another one now.
 */
export async function runComponentTests(tests: ComponentTests): Promise<ComponentResults> {
  const { dir, service, backing, only, signal } = tests;
  const output = join(dir, `${service}-results.json`);
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...[join('node_modules', 'jest', 'bin', 'jest.js'), '--no-watchman', '--maxWorkers=2'],
      ...[
        '--json',
        `--outputFile=${output}`,
        '--testPathPatterns',
        `/(?!schema)[^/]*${only?.file ?? ''}[^/]*\\.spec\\.ts$`,
      ],
      ...(only === undefined ? [] : ['--testNamePattern', only.test]),
      ...['--projects', join('apps', service, 'jest.component.config.mjs')],
    ],
    {
      cwd: dir,
      env: {
        ...process.env,
        DOZEN_TEST_POSTGRES_URL: backing.postgres.adminUrl,
        DOZEN_TEST_KAFKA_URL: backing.kafka.url,
        // Its databases and templates are this call's alone.
        DOZEN_TEST_RUN: `previous_${service}_${String(Date.now())}`,
      },
      stdio: 'ignore',
      signal,
    },
  );
  await once(child, 'close');
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = results.parse(
    JSON.parse(await readFile(output, 'utf8')),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    report: testResults.map(({ message }) => message).join('\n'),
  };
}

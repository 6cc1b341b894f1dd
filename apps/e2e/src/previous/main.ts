/** `npm run test:previous`: the last release's build and tests on this release's schema. Exit code 1 when one of them breaks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption, startBacking } from '@dozen/backing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { runComponentTests } from './component-tests.js';
import { buildRelease, isAtHand, lastRelease } from './last-release.js';
import { PLANTED, PLANTED_TEST } from './planted.js';
import { rollBack } from './rollback.js';
import { everyDatabaseAs } from './schema.js';

const signal = interruption();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** Arguments are what to run; all by default. */
const wanted = new Set(process.argv.slice(2));
const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);

const release = await lastRelease();
if (await isAtHand(release)) await check();
else
  say(`skipped: commit ${release.commit} of release ${release.version} is not in this clone (git fetch --unshallow)`);

async function check(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-previous-'));
  try {
    const last = join(dir, 'release');
    await timed(`release ${release.version} (${release.commit.slice(0, 7)}) is built`, async () => {
      await buildRelease(release, last);
      return [];
    });
    const backing = await startBacking({ dir: join(dir, 'backing'), signal });
    try {
      for (const service of SERVICE_NAMES.filter(isWanted)) {
        await timed(`its component tests of ${service} on this release's schema`, async () => {
          await everyDatabaseAs(backing, service, []);
          const { passed, failed, report } = await runComponentTests({ dir: last, service, backing, signal });
          if (passed === 0) return [`no test ran\n${report}`];
          return failed === 0 ? [] : [`${failed} of ${failed + passed} failed\n${report}`];
        });
      }
      if (isWanted('planted')) {
        for (const [kind, statements] of Object.entries(PLANTED)) {
          await timed(`the same with a planted change, ${kind}`, async () => {
            await everyDatabaseAs(backing, 'orders', statements);
            const tests = { dir: last, service: 'orders', only: PLANTED_TEST, backing, signal } as const;
            const { passed, failed, report } = await runComponentTests(tests);
            if (kind === 'contracting') return failed > 0 ? [] : ['the test does not miss the column'];
            return failed === 0 && passed > 0 ? [] : [`${failed} failed\n${report}`];
          });
        }
      }
    } finally {
      await backing.stop();
    }
    if (isWanted('rollback')) await checkRollback(dir, last);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function checkRollback(dir: string, last: string): Promise<void> {
  // Servers of its own: on the others every new database has tables.
  const backing = await startBacking({ dir: join(dir, 'rollback'), signal });
  try {
    await timed('it runs, gets ready and takes orders after this release', () =>
      rollBack({ dir: last, systemDir: join(dir, 'system'), backing, signal }),
    );
  } finally {
    await backing.stop();
  }
}

/** One line for a step, and what it found. */
async function timed(name: string, run: () => Promise<readonly string[]>): Promise<void> {
  signal.throwIfAborted();
  const began = performance.now();
  const faults = await run();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`${faults.length === 0 ? '✓' : '✗'} ${name}: ${seconds} s`);
  for (const fault of faults) say(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

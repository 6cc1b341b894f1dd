import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backing, startBacking } from '@dozen/backing';
import { SERVICE_NAMES, type ServiceName } from '@dozen/manifest';
import { runComponentTests } from './component-tests.js';
import { buildRelease, type LastRelease } from './last-release.js';
import { PLANTED, PLANTED_TEST } from './planted.js';
import { rollBack } from './rollback.js';
import { everyDatabaseAs } from './schema.js';
import { Steps } from './steps.js';

export const PARTS = [...SERVICE_NAMES, 'planted', 'rollback'] as const;
export type Part = (typeof PARTS)[number];

export interface PreviousOptions {
  readonly release: LastRelease;
  readonly parts: readonly Part[];
  readonly signal: AbortSignal;
  /** One line for each step, and what it found. */
  readonly say: (line: string) => void;
}

/** The last release, built, its folder and the servers that its tests run on. */
interface Built {
  readonly dir: string;
  readonly backing: Backing;
  readonly signal: AbortSignal;
}

/** The last release's build and tests on this release's schema. False when one of them breaks. */
export async function runPrevious({ release, parts, signal, say }: PreviousOptions): Promise<boolean> {
  const steps = new Steps(say, signal);
  const work = await mkdtemp(join(tmpdir(), 'dozen-previous-'));
  const dir = join(work, 'release');
  try {
    await steps.take(`release ${release.version} (${release.commit.slice(0, 7)}) is built`, async () => {
      await buildRelease(release, dir);
      return [];
    });
    const backing = await startBacking({ dir: join(work, 'backing'), signal });
    try {
      const built = { dir, backing, signal };
      const had = SERVICE_NAMES.filter((name) => existsSync(join(dir, 'apps', name)));
      for (const service of had.filter((name) => parts.includes(name))) await ownTests(steps, built, service);
      if (parts.includes('planted')) await plantedChanges(steps, built);
    } finally {
      await backing.stop();
    }
    if (parts.includes('rollback')) await rolledBack(steps, work, { dir, signal });
    return steps.sound;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function ownTests(steps: Steps, built: Built, service: ServiceName): Promise<void> {
  await steps.take(`its component tests of ${service} on this release's schema`, async () => {
    await everyDatabaseAs(built.backing, service, []);
    const { passed, failed, report } = await runComponentTests({ ...built, service });
    if (passed === 0) return [`no test ran\n${report}`];
    return failed === 0 ? [] : [`${failed} of ${failed + passed} failed\n${report}`];
  });
}

async function plantedChanges(steps: Steps, built: Built): Promise<void> {
  for (const [kind, statements] of Object.entries(PLANTED)) {
    await steps.take(`the same with a planted change, ${kind}`, async () => {
      await everyDatabaseAs(built.backing, 'orders', statements);
      const { passed, failed, report } = await runComponentTests({ ...built, service: 'orders', only: PLANTED_TEST });
      if (kind === 'contracting') return failed > 0 ? [] : ['the test does not miss the column'];
      return failed === 0 && passed > 0 ? [] : [`${failed} failed\n${report}`];
    });
  }
}

async function rolledBack(steps: Steps, work: string, { dir, signal }: Omit<Built, 'backing'>): Promise<void> {
  // Servers of its own: on the others every new database has tables.
  const backing = await startBacking({ dir: join(work, 'rollback'), signal });
  try {
    await steps.take('it runs, gets ready and takes orders after this release', () =>
      rollBack({ dir, systemDir: join(work, 'system'), backing, signal }),
    );
  } finally {
    await backing.stop();
  }
}

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@dozen/backing';
import { copyWorkspace, plant, type PlantedBug } from './workspace-copy.js';

/** A run of a copy's own rig. */
export interface RunOfCopy {
  /** The main file of the rig, in `apps/e2e/dist`. */
  readonly main: string;
  readonly args: readonly string[];
}

/** How a run ended. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

/**
 * Plants a bug into a private copy of the built workspace and lets the copy's own rig run, with each of `runs` until
 * `found` makes something of what it printed. Undefined when none did. Throws when `signal` is aborted.
 */
export async function hunt<T>(
  bug: PlantedBug,
  runs: readonly RunOfCopy[],
  found: (ran: Ran, run: RunOfCopy) => T | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-planted-'));
  try {
    await copyWorkspace(dir);
    await plant(dir, bug);
    for (const run of runs) {
      const ran = await runIn(dir, run, signal);
      signal.throwIfAborted();
      const what = found(ran, run);
      if (what !== undefined) return what;
    }
    return undefined;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function runIn(dir: string, { main, args }: RunOfCopy, signal: AbortSignal): Promise<Ran> {
  const began = performance.now();
  const file = join(dir, 'apps', 'e2e', 'dist', main);
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: dir },
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  signal.removeEventListener('abort', stop);
  return { code, output, seconds: (performance.now() - began) / 1000 };
}

/** Arguments are parts of names; without any, all are wanted. @throws UsageError when none is. */
export function wantedOf<B extends PlantedBug>(bugs: readonly B[], args: readonly string[]): readonly B[] {
  const wanted = bugs.filter(({ name }) => args.length === 0 || args.some((part) => name.includes(part)));
  if (wanted.length === 0) throw new UsageError(`No planted bug has ${args.join(' or ')} in its name.`);
  return wanted;
}

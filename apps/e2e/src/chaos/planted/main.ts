import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '@dozen/backing';
import { STRUCK } from '../schedule.js';
import { type PlantedBug, PLANTED_BUGS } from './bugs.js';
import { copyWorkspace, plant } from './workspace-copy.js';

/** Seeds that are tried for a bug before it counts as not found. */
const SEEDS = [1, 2, 3];
const SIZE = ['--orders', '400', '--faults', '16'];

/** Arguments are parts of names of bugs; without any, all are planted, one after the other. */
const wanted = process.argv.slice(2);
const signal = interruption();

const bugs = PLANTED_BUGS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
for (const bug of bugs) {
  if (signal.aborted) break;
  const found = await hunt(bug);
  process.stdout.write(`| ${bug.name} | ${found ?? `**not found** with seeds ${SEEDS.join(', ')}`} |\n`);
  if (found === undefined) process.exitCode = 1;
}
if (signal.aborted || bugs.length === 0) process.exitCode = 1;

/** Which run found it and by what; undefined when none did. */
async function hunt(bug: PlantedBug): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-planted-'));
  try {
    await copyWorkspace(dir);
    await plant(dir, bug);
    for (const seed of SEEDS) {
      if (signal.aborted) return undefined;
      const began = performance.now();
      const violation = await firstViolation(dir, bug, seed);
      const took = ((performance.now() - began) / 1000).toFixed(0);
      if (violation !== undefined) return `seed ${seed} | ${took} s | ${violation}`;
    }
    return undefined;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs the copy's own rig. Throws when it ends otherwise than with a verdict. */
async function firstViolation(dir: string, bug: PlantedBug, seed: number): Promise<string | undefined> {
  const main = join(dir, 'apps', 'e2e', 'dist', 'chaos', 'main.js');
  const { faults, services = STRUCK } = bug;
  const chosen = ['--only', faults.join(','), '--strike', services.join(',')];
  const args = [...SIZE, '--seed', String(seed), ...chosen, '--settle', '90', '--fail-fast'];
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: dir },
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  signal.removeEventListener('abort', stop);
  if (code === 0 || signal.aborted) return undefined;
  const [, first] = /^violations +[1-9].*\n +(.+)$/m.exec(output) ?? [];
  if (first === undefined) throw new Error(`${bug.name}: the run ended with ${String(code)} and no verdict\n${output}`);
  return first;
}

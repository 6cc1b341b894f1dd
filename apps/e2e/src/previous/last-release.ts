import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '@dozen/demo';
import { linkInstalled } from '../installed.js';

const run = promisify(execFile);

export interface LastRelease {
  readonly version: string;
  readonly commit: string;
}

/** As `npm run release:record` wrote it down. */
export async function lastRelease(): Promise<LastRelease> {
  const file = join(ROOT, 'libs', 'contracts', 'released', 'releases.json');
  const release = (JSON.parse(await readFile(file, 'utf8')) as readonly LastRelease[]).at(-1);
  if (release === undefined) throw new Error(`${file} names no release`);
  return release;
}

/** False in a shallow clone, and without git. */
export async function isAtHand({ commit }: LastRelease): Promise<boolean> {
  try {
    await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT });
    return true;
  } catch {
    return false;
  }
}

/** Unpacks and builds it in a folder that is not there yet, with what is installed for this release. */
export async function buildRelease({ commit }: LastRelease, dir: string): Promise<void> {
  await mkdir(dir);
  const archive = `${dir}.tar`;
  await run('git', ['archive', `--output=${archive}`, commit], { cwd: ROOT });
  await run('tar', ['-xf', archive, '-C', dir]);
  await linkInstalled(dir);
  const projects = globSync('{apps,libs,tools}/*/tsconfig.lib.json', { cwd: dir }).sort();
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  try {
    await run(process.execPath, [tsc, '--build', ...projects], { cwd: dir });
  } catch (error) {
    throw new Error(`the last release does not build:\n${(error as { stdout: string }).stdout}`, { cause: error });
  }
}

import { cp, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '@dozen/demo';
import { linkInstalled } from '../installed.js';

/** Neither sources nor what is built of them. */
const LEFT_OUT = new Set(['node_modules', 'out-tsc', 'coverage', '.git', '.nx', '.dozen']);

/** The whole workspace, sources and build, in a folder of its own that counts as installed. What is installed is linked. */
export async function copyWithSources(dir: string): Promise<void> {
  for (const name of await readdir(ROOT)) {
    if (LEFT_OUT.has(name)) continue;
    await cp(join(ROOT, name), join(dir, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !LEFT_OUT.has(basename(path)),
    });
  }
  await linkInstalled(dir);
  const bootstrap = pathToFileURL(join(dir, 'tools', 'bootstrap', 'bootstrap.mjs')).href;
  ((await import(bootstrap)) as { markInstalled: () => void }).markInstalled();
}

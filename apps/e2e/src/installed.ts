import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';

/** Gives another copy of the workspace what this one installed: linked, not copied, with the copy's own projects in it. */
export async function linkInstalled(dir: string): Promise<void> {
  const installed = join(ROOT, 'node_modules');
  await mkdir(join(dir, 'node_modules', '@dozen'), { recursive: true });
  for (const name of await readdir(installed)) {
    if (name !== '@dozen') await symlink(join(installed, name), join(dir, 'node_modules', name));
  }
  // These point to the projects by relative paths: copied as they are, they point into the copy.
  await cp(join(installed, '@dozen'), join(dir, 'node_modules', '@dozen'), { recursive: true, verbatimSymlinks: true });
}

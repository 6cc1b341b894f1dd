import { existsSync, globSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '@dozen/demo';

/** Gives another copy of the workspace what this one installed: linked, not copied, with the copy's own projects in it. */
export async function linkInstalled(dir: string): Promise<void> {
  const installed = join(ROOT, 'node_modules');
  await mkdir(join(dir, 'node_modules', '@dozen'), { recursive: true });
  for (const name of await readdir(installed)) {
    if (name !== '@dozen') await symlink(join(installed, name), join(dir, 'node_modules', name));
  }
  // A project may have had another folder in the copy's time.
  for (const file of globSync('{apps,libs,tools}/*/package.json', { cwd: dir })) {
    const { name } = JSON.parse(await readFile(join(dir, file), 'utf8')) as { name: string };
    await symlink(join(dir, dirname(file)), join(dir, 'node_modules', name));
  }
  // What one project has in another version than the others lies in the project.
  for (const own of globSync('{apps,libs,tools}/*/node_modules', { cwd: ROOT })) {
    if (existsSync(join(dir, dirname(own)))) await symlink(join(ROOT, own), join(dir, own));
  }
}

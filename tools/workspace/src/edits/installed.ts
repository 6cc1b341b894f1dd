import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Bootstrap {
  readonly isInstalled: () => boolean;
  readonly markInstalled: () => void;
}

/**
 * Links a new project into what is installed, as `npm ci` would: nothing else of it has changed. Call it before the lock file
 * is written, and what it returns afterwards. Where nothing is installed, or something else, `npm ci` has its turn.
 */
export async function linkLater(root: string, { name, folder }: { name: string; folder: string }): Promise<() => void> {
  const file = pathToFileURL(join(root, 'tools/bootstrap/bootstrap.mjs')).href;
  const { isInstalled, markInstalled } = (await import(file)) as Bootstrap;
  if (!isInstalled()) return () => undefined;
  return () => {
    const link = join(root, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(root, folder)), link);
    markInstalled();
  };
}

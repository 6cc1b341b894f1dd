import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

interface Bootstrap {
  readonly root: string;
  readonly isInstalled: () => boolean;
  readonly markInstalled: () => void;
}

const BOOTSTRAP = new URL('../../../bootstrap/bootstrap.mjs', import.meta.url).href;

/**
 * Links a new project into what is installed, as `npm ci` would: nothing else of it has changed. Call it before the lock file
 * is written, and what it returns afterwards. Where nothing is installed, or something else, `npm ci` has its turn.
 */
export async function linkLater({ name, folder }: { name: string; folder: string }): Promise<() => void> {
  const { root, isInstalled, markInstalled } = (await import(BOOTSTRAP)) as Bootstrap;
  if (!isInstalled()) return () => undefined;
  return () => {
    const link = join(root, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(root, folder)), link);
    markInstalled();
  };
}

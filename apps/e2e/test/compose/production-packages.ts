import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { repository } from '../running.js';

interface Entry {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * The places of all packages that a project needs at run time, by the lock file alone: `node_modules/pg`, sorted. The
 * workspace's own are not among them.
 */
export async function productionPackages(name: string): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Entry>>;
  };
  const at = (from: string, wanted: string): string | undefined => {
    for (let folder = from; ; folder = posix.dirname(folder)) {
      const place = posix.join(folder, 'node_modules', wanted);
      const entry = packages[place];
      if (entry !== undefined) return entry.link === true ? entry.resolved : place;
      if (folder === '.') return undefined;
    }
  };
  const needed = new Set([at('.', `@dozen/${name}`) ?? '']);
  for (const place of needed) {
    const { dependencies, optionalDependencies = {}, peerDependencies, peerDependenciesMeta } = packages[place] ?? {};
    for (const wanted of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (wanted in optionalDependencies) continue;
      if (peerDependenciesMeta?.[wanted]?.optional === true && dependencies?.[wanted] === undefined) continue;
      const found = at(place, wanted);
      if (found !== undefined) needed.add(found);
    }
  }
  return [...needed].filter((place) => place.includes('node_modules')).sort();
}

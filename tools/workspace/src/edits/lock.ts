import type { Tree } from '@nx/devkit';
import { edit, textOf } from './services.js';

const LOCK = 'package-lock.json';

interface Lock {
  packages: Record<string, { readonly version?: string; readonly [field: string]: unknown }>;
}

/** The version of an installed package, or of a project of the workspace by its name. */
export function versionOf(tree: Tree, name: string): string {
  const { packages } = JSON.parse(textOf(tree, LOCK)) as Lock;
  const found = packages[`node_modules/${name}`];
  const version = found?.version ?? packages[String(found?.['resolved'])]?.version;
  if (version === undefined) throw new Error(`${LOCK} has no ${name}`);
  return version;
}

/**
 * What `npm install` would add for a new project of the workspace whose packages others have already: the project itself,
 * and its link. npm's own run would leave out packages of other platforms.
 */
export function lockProject(tree: Tree, folder: string, manifest: { readonly name: string }): void {
  const { name, version, license, dependencies, devDependencies } = manifest as Record<string, unknown>;
  edit(tree, LOCK, (text) => {
    const lock = JSON.parse(text) as Lock;
    lock.packages = withEntry(lock.packages, folder, { name, version, license, dependencies, devDependencies });
    lock.packages = withEntry(lock.packages, `node_modules/${String(name)}`, { resolved: folder, link: true });
    return `${JSON.stringify(lock, null, 2)}\n`;
  });
}

function withEntry(packages: Lock['packages'], key: string, value: object): Lock['packages'] {
  const entries = Object.entries(packages);
  // The first entry is the root; what npm has sorted stays as it is.
  const at = entries.findIndex(([other], index) => index > 0 && other.localeCompare(key, 'en') > 0);
  return Object.fromEntries(entries.toSpliced(at === -1 ? entries.length : at, 0, [key, { ...value }]));
}

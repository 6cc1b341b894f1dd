import type { Tree } from '@nx/devkit';
import { check } from './names.js';

export const MANIFEST = 'tools/manifest/src/services.json';

/** The services of the manifest, in its order. */
export function servicesOf(tree: Tree): string[] {
  return Object.keys(JSON.parse(textOf(tree, MANIFEST)) as object);
}

/** Throws unless there is such a service, and says which there are. */
export function checkService(tree: Tree, name: string): void {
  const all = servicesOf(tree);
  check(all.includes(name), `there is no service "${name}"; there are ${all.join(', ')}`);
}

/** Throws when the file is missing. */
export function textOf(tree: Tree, path: string): string {
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Error(`${path} is missing`);
  return text;
}

/** Changes a file by what `changes` make of its text, one after another. */
export function edit(tree: Tree, path: string, ...changes: readonly ((text: string) => string)[]): void {
  const changed = changes.reduce((text, change) => change(text), textOf(tree, path));
  tree.write(path, changed);
}

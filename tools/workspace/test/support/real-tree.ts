import { fileURLToPath } from 'node:url';
import type { Tree } from '@nx/devkit';
import { FsTree } from 'nx/src/generators/tree.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** This workspace, with what generators change in memory alone. */
export function realTree(): Tree {
  return new FsTree(ROOT, false);
}

/** The text of a file that must be there. */
export function written(tree: Tree, path: string): string {
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Error(`${path} was not written`);
  return text;
}

import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root's tsconfig.json: `tsc --build` of it builds all that has one. */
export function rootReferences(root: string): string {
  const own = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as object;
  const folders = globSync('{libs,apps,tools}/*/tsconfig.json', { cwd: root }).map((file) => dirname(file));
  const references = folders.sort().map((folder) => ({ path: `./${folder}` }));
  return `${JSON.stringify({ ...own, references }, undefined, 2)}\n`;
}

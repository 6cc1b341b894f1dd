/**
 * Prints the names (without scope) of a service and of every package of this workspace that it needs at run time, one a
 * line: npm installs links for the development ones too.
 */
import { readFileSync } from 'node:fs';

const SCOPE = '@dozen/';
const needed = new Set([process.argv[2]]);
for (const name of needed) {
  const { dependencies = {} } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
  for (const dependency of Object.keys(dependencies)) if (dependency.startsWith(SCOPE)) needed.add(dependency);
}
for (const name of needed) process.stdout.write(`${name.slice(SCOPE.length)}\n`);

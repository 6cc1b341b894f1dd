/** `npm run fuzz:planted`: builds, then shows that the fuzz finds bugs planted into a copy. Arguments: parts of names. */
import { join } from 'node:path';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  await ensureInstalled();
  const node = node24();
  await build(node);
  const planted = join(root, 'apps', 'e2e', 'dist', 'fuzz', 'planted', 'main.js');
  return runForeground(node, [planted, ...process.argv.slice(2)]);
});

/** `npm run test:previous`: builds, then runs the last release on this one's schema. Arguments: services, planted, rollback. */
import { join } from 'node:path';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  await ensureInstalled();
  const node = node24();
  await build(node);
  const previous = join(root, 'apps', 'e2e', 'dist', 'previous', 'main.js');
  return runForeground(node, [previous, ...process.argv.slice(2)]);
});

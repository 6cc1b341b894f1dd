/** `npm run test:rolling`: builds, then restarts every process under load and counts what failed. */
import { join } from 'node:path';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  await ensureInstalled();
  const node = node24();
  await build(node);
  return runForeground(node, [join(root, 'apps', 'e2e', 'dist', 'rolling', 'main.js'), ...process.argv.slice(2)]);
});

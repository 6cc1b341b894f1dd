/** `npm run load`: whatever is missing is installed and built, then orders are placed at the system that `npm start` runs. */
import { join } from 'node:path';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  await ensureInstalled();
  const node = node24();
  await build(node);
  return runForeground(node, [join(root, 'tools', 'demo', 'dist', 'load', 'main.js'), ...process.argv.slice(2)]);
});

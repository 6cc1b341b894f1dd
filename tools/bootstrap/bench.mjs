/** `npm run bench`: whatever is missing is installed and built, then the benchmarks run on Node 24. */
import { join } from 'node:path';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  await ensureInstalled();
  const node = node24();
  await build(node);
  return runForeground(node, [join(root, 'tools', 'bench', 'dist', 'main.js'), ...process.argv.slice(2)]);
});

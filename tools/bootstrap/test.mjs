/** `npm test`: whatever is missing is installed, then everything that CI checks runs on Node 24. `-- --only=lint,unit`. */
import { join } from 'node:path';
import { ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  const began = performance.now();
  await ensureInstalled();
  const installed = `--installed-ms=${Math.round(performance.now() - began)}`;
  const verify = join(root, 'tools', 'workspace', 'verify', 'main.mjs');
  return runForeground(node24(), [verify, installed, ...process.argv.slice(2)]);
});

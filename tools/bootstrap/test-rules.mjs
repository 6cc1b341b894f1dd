/** `npm run test:rules`: whatever is missing is installed and built, then alerts, dashboards and runbooks are checked. */
import { join } from 'node:path';
import { build, ensureInstalled, main, node24, root, runForeground } from './bootstrap.mjs';

await main(async () => {
  await ensureInstalled();
  const node = node24();
  await build(node);
  return runForeground(node, [join(root, 'tools', 'observability', 'dist', 'main.js')]);
});

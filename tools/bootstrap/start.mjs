/** `npm start`: whatever is missing is installed and built, then tools/demo runs the system on Node 24. */
import { join } from 'node:path';
import {
  build,
  checkBackingTools,
  ensureInstalled,
  isInstalled,
  main,
  node24,
  root,
  runForeground,
} from './bootstrap.mjs';

await main(async () => {
  if (!isInstalled()) checkBackingTools();
  await ensureInstalled();
  const node = node24();
  await build(node);
  return runForeground(node, [join(root, 'tools', 'demo', 'dist', 'main.js'), ...process.argv.slice(2)]);
});

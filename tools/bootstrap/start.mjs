/** `npm start`: whatever is missing is installed and built, then tools/demo runs the system on Node 24. */
import { checkBackingTools, isInstalled, main, runBuilt } from './bootstrap.mjs';

await main(() => {
  if (!isInstalled()) checkBackingTools();
  return runBuilt('tools/demo/dist/main.js', process.argv.slice(2));
});

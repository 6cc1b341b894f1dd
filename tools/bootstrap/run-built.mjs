/** `npm run chaos` and its like: whatever is missing is installed and built, then the script that is named runs on Node 24. */
import { main, runBuilt } from './bootstrap.mjs';

const [script = '', ...args] = process.argv.slice(2);
await main(() => runBuilt(script, args));

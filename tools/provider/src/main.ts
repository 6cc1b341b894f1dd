import { readConfig } from './config.js';
import { startProvider } from './provider.js';

const config = readConfig(process.env);
if ('mistakes' in config) {
  process.stderr.write(`${config.mistakes.join('\n')}\n`);
  // EX_CONFIG of sysexits.h: another start will not help.
  process.exit(78);
}
const { DATA_DIR: dataDir, HOST: host, PORT: port, SLOW_MS: slowMs } = config;
const starting = startProvider({ dataDir, host, port, slowMs });
// Before it listens: as the first process of a container it would not end by a signal that nobody hears.
const stop = (): void => void starting.then((provider) => provider.stop()).then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
const provider = await starting;
process.stdout.write(`${JSON.stringify({ msg: 'listening', url: provider.url })}\n`);

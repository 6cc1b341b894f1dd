import { readConfig } from './config.js';
import { startIdentity } from './identity.js';

const config = readConfig(process.env);
if ('mistakes' in config) {
  process.stderr.write(`${config.mistakes.join('\n')}\n`);
  // EX_CONFIG of sysexits.h: another start will not help.
  process.exit(78);
}
const starting = startIdentity(config);
// Before it listens: as the first process of a container it would not end by a signal that nobody hears.
const stop = (): void => void starting.then((identity) => identity.stop()).then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
const identity = await starting;
process.stdout.write(`${JSON.stringify({ msg: 'listening', url: identity.url, issuer: identity.issuer })}\n`);

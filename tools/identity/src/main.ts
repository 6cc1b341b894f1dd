let stop: () => Promise<void> = () => Promise.resolve();
const onSignal = (): void => void stop().then(() => process.exit(0));
// The handler is there before anything is loaded: the first process of a container is not ended by a signal that it does not
// handle.
process.once('SIGTERM', onSignal);
process.once('SIGINT', onSignal);

const { readConfig } = await import('./config.js');
const config = readConfig(process.env);
if ('mistakes' in config) {
  process.stderr.write(`${config.mistakes.join('\n')}\n`);
  // EX_CONFIG of sysexits.h: another start will not help.
  process.exit(78);
}
const { startIdentity } = await import('./identity.js');
const starting = startIdentity(config);
stop = async () => (await starting).stop();
const identity = await starting;
process.stdout.write(`${JSON.stringify({ msg: 'listening', url: identity.url, issuer: identity.issuer })}\n`);

export {};

let stop: () => Promise<void> = () => Promise.resolve();
const onSignal = (): void => void stop().then(() => process.exit(0));
// Before anything is loaded: as the first process of a container it would not end by a signal that nobody hears.
process.once('SIGTERM', onSignal);
process.once('SIGINT', onSignal);

const [{ loadConfigOrExit }, { providerConfig }] = await Promise.all([import('@dozen/config'), import('./config.js')]);
const config = loadConfigOrExit(providerConfig, process.env);
const { startProvider } = await import('./provider.js');
const { DATA_DIR: dataDir, PAYMENT_PROVIDER_KEY: key, HOST: host, PORT: port, SLOW_MS: slowMs } = config;
const starting = startProvider({ dataDir, key, host, port, slowMs });
stop = async () => (await starting).stop();
const provider = await starting;
process.stdout.write(`${JSON.stringify({ msg: 'listening', url: provider.url })}\n`);

export {};

import type { AddressInfo } from 'node:net';
import { createServer } from './server.js';
import { ChargeStore } from './store.js';

export interface ProviderOptions {
  /** Folder of the store, made if missing. One process at a time. */
  readonly dataDir: string;
  /** What a client must show as a bearer token. */
  readonly key: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** How long `tok_slow` takes, in ms; default 3000. */
  readonly slowMs?: number;
}

export interface RunningProvider {
  readonly url: string;
  /** Cuts open requests off and closes the store. */
  stop(): Promise<void>;
}

/** Starts the payment provider simulator in this process. */
export async function startProvider(options: ProviderOptions): Promise<RunningProvider> {
  const { key, host = '127.0.0.1', port = 0, slowMs = 3_000 } = options;
  const app = createServer({ store: new ChargeStore(options.dataDir), key, slowMs });
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  return { url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${address.port}`, stop: () => app.close() };
}

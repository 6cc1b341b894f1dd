import type { AddressInfo } from 'node:net';
import { createServer } from './server.js';
import { loadSigningKey } from './signing-key.js';

export interface IdentityOptions {
  /** Folder of the key pair, made if missing. */
  readonly dataDir: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** The `iss` of tokens; default: the URL it listens at. */
  readonly issuer?: string;
  /** Seconds; default 3600. */
  readonly tokenLifetimeS?: number;
}

export interface RunningIdentity {
  readonly url: string;
  readonly issuer: string;
  stop(): Promise<void>;
}

/** Starts the issuer in this process. For development: it gives a token for anyone to whoever asks. */
export async function startIdentity(options: IdentityOptions): Promise<RunningIdentity> {
  const { host = '127.0.0.1', port = 0, tokenLifetimeS = 3_600 } = options;
  const key = await loadSigningKey(options.dataDir);
  let issuer = options.issuer ?? '';
  const app = createServer({ key, tokenLifetimeS, issuer: () => issuer });
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${address.port}`;
  issuer = options.issuer ?? url;
  return { url, issuer, stop: () => app.close() };
}

import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { backingError, BackingCode, errnoOf } from './errors.js';
import { POLICY } from './policy.js';

/** True when a server can bind `port` on `host` now. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = errnoOf(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @throws BACKING-PORT-TAKEN with the name of the server that wants it. */
export async function requireFreePort(server: string, port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw backingError(BackingCode.portTaken, {
    what: `${server}'s port ${port} is taken by another process.`,
    todo: `End what listens there (ss -ltnp 'sport = :${port}' shows it) and start again.`,
  });
}

/** True when something accepts connections there. Unlike `isPortFree` it cannot get in the way of a server's bind. */
export async function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A free port of the policy's range, none of `taken`. Somebody else may still bind it first. */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(POLICY.portRange.from, POLICY.portRange.to);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw backingError(BackingCode.portTaken, {
    what: `No free port found between ${POLICY.portRange.from} and ${POLICY.portRange.to}.`,
    todo: 'End what listens there (ss -ltn lists it) and start again.',
  });
}

/**
 * Resolves with `kept` when that port can still be bound, else with a new one: addresses stay the same over restarts where they
 * can.
 */
export async function keepPort(kept: number | undefined, taken: ReadonlySet<number>): Promise<number> {
  if (kept !== undefined && !taken.has(kept) && (await isPortFree(kept))) return kept;
  return freePort(taken);
}

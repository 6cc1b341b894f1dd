import type { EventEmitter } from 'node:events';
import type pg from 'pg';

/* What every client of PostgreSQL here needs, in a pool or not. */

/** TCP keepalives of the process: the operating system notices that a server is gone, and not the next request. */
export const clientKeepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 5_000 } as const;

/**
 * A listener for the connections of a pool. A server that is killed says so with a message of its own, which may arrive in one
 * piece with its greeting. The pool hands the connection on between the two, when its own listener is gone and the owner's is
 * not there yet: the 'error' event would end the process. With this listener the owner's first statement fails instead.
 */
export const lastWords = {
  onConnect: (client: EventEmitter): void => {
    client.on('error', () => undefined);
  },
} as const;

/**
 * pg-pool hangs the whole client on the error of an idle connection, cancel key included: kilobytes in a log line, and
 * nobody needs them.
 */
export function withoutClient<E extends Error>(error: E): E {
  if ('client' in error) Object.defineProperty(error, 'client', { enumerable: false });
  return error;
}

/** Ends a connection at once. Not `end()`: that waits for the server. */
export function destroySocket(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

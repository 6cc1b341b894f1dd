import type pg from 'pg';

/** Ends a connection at once. Not `end()`: that waits for the server. */
export function destroySocket(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

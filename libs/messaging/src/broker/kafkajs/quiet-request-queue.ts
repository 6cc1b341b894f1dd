import { createRequire } from 'node:module';

/** What kafkajs waits to send on a connection. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * kafkajs looks every millisecond, on every connection and for ever, for requests that wait (its issues 1556 and 1751): six
 * connections of an idle process took 3 % of a core. Ours looks while some do: a request that begins to wait calls this.
 */
prototype.scheduleCheckPendingRequests = function looksWhileSomeWait(this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};

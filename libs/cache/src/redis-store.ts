import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import type { Store, StoreOptions } from './store.js';

/** Redis drops what is over by itself. While it is away, commands fail at once instead of waiting for it. */
export function openRedis({ url, service, table, policy, onError }: StoreOptions): Store {
  const store = new KeyvRedis<unknown>(
    {
      url,
      name: `${service}-${table.schema}`,
      disableOfflineQueue: true,
      commandsQueueMaxLength: policy.redisQueue,
      socket: { connectTimeout: policy.timeoutMs },
    },
    // No time-out of the adapter's own: the client goes on trying by itself, and the guard does not wait for it.
    { throwOnErrors: true },
  );
  const keyv = new Keyv<unknown>({
    store,
    namespace: `${service}:${table.schema}`,
    useKeyPrefix: false,
    throwOnErrors: true,
  });
  keyv.on('error', onError);
  // `disconnect(true)` ends the connection at once. The polite way waits for the answers of a server that may hang.
  return { keyv, dropExpired: () => Promise.resolve(), close: () => store.disconnect(true) };
}

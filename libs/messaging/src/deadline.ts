import { messagingError } from './errors.js';

/** The client retries an outage for ever; this is the deadline. Throws MSG-SEND. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    expired.reject(messagingError('MSG-SEND', `no answer from the broker within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the work settled within the time; it is waited for no longer. Never rejects. */
export async function settles(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => {
    late.resolve(false);
  }, timeoutMs);
  const ended = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, late.promise]);
  clearTimeout(timer);
  return inTime;
}

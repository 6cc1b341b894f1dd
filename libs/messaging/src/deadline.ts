import { within } from '@dozen/kernel';
import { messagingError } from './errors.js';

/**
 * Returns what the broker answers, if it does in time. Its client alone would retry an outage for ever. Throws MSG-
 * SEND.
 */
export function brokerWithin<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return within(timeoutMs, work, () => messagingError('MSG-SEND', `no answer from the broker within ${timeoutMs} ms`));
}

/**
 * Whether the work settled within the time; it is waited for no longer. Never rejects. Needs no signal to end its timer: an
 * abort makes an error with a stack, and a busy process would make hundreds of them a second.
 */
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

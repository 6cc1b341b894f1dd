/**
 * Waits so many ms, or until the signal is aborted. Never rejects: whoever pauses asks the signal afterwards. (The sleep of
 * node:timers/promises makes an error with a stack of every abort.) Its timer keeps the process alive.
 */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end);
  return promise;
}

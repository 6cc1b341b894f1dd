/**
 * Aborted when this process is to end: SIGINT, SIGTERM or SIGHUP, or the process that started it is gone (the other end
 * of its IPC channel, so that nobody could end it any more). The reason says which. `again`: called for each further
 * signal. Call it once; it keeps no process alive.
 */
export function interruption(again: () => void = () => undefined): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) again();
      else ending.abort(new Error(`interrupted by ${signal}`));
    });
  }
  process.on('disconnect', () => ending.abort(new Error('interrupted: the process that started this one is gone')));
  process.channel?.unref();
  return ending.signal;
}

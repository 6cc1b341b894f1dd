/**
 * Calls `work` every `periodMs` until the returned function is called. Whatever in a process has the same period is called
 * at the same time, so that the database flushes once for all of it; keeps no process alive. `work` must not throw.
 */
export function onBeat(periodMs: number, work: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const toNext = periodMs - (performance.now() % periodMs);
    // A timer may be early by a part of a millisecond: that beat has been.
    timer = setTimeout(beat, toNext < periodMs / 2 ? toNext + periodMs : toNext).unref();
  };
  const beat = (): void => {
    wait();
    work();
  };
  wait();
  return () => clearTimeout(timer);
}

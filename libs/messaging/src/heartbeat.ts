/**
 * Calls `work` every `periodMs` until the returned function is called. Whatever in a process has the same period is called
 * at the same time, so that the database flushes once for all of it; keeps no process alive. `work` must not throw.
 */
export function startHeartbeat(periodMs: number, work: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const toNext = periodMs - (performance.now() % periodMs);
    // A timer may fire a part of a millisecond early; then this heartbeat has been, and the next is a period away.
    timer = setTimeout(heartbeat, toNext < periodMs / 2 ? toNext + periodMs : toNext).unref();
  };
  const heartbeat = (): void => {
    wait();
    work();
  };
  wait();
  return () => clearTimeout(timer);
}

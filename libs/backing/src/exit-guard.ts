/** What the guard needs of a process: to be asked to end, at once and without waiting. */
export interface Stoppable {
  signalStop(): void;
}

/**
 * Asks every child to end when this process exits by a path that nobody planned (process.exit, an uncaught error).
 * Only SIGKILL gets past it; the next start clears what that leaves. One listener however many children.
 */
export class ExitGuard {
  private readonly running = new Set<Stoppable>();
  private readonly listener = (): void => this.running.forEach((child) => child.signalStop());

  add(child: Stoppable): void {
    if (this.running.size === 0) process.on('exit', this.listener);
    this.running.add(child);
  }

  remove(child: Stoppable): void {
    this.running.delete(child);
    if (this.running.size === 0) process.off('exit', this.listener);
  }
}

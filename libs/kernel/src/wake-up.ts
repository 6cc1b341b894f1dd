/**
 * For a loop that looks for work and is told when there may be some: `clear`, look, `wait`. What wakes it after `clear`
 * ends the next wait, also when it came while the loop was looking; what comes several times before that is one.
 */
export class WakeUp {
  #woken = false;
  readonly #waiting = new Set<() => void>();

  wake(): void {
    this.#woken = true;
    for (const end of this.#waiting) end();
  }

  /** Forgets what has woken it until now: the look that follows sees to that. */
  clear(): void {
    this.#woken = false;
  }

  /** Resolves when it is woken, at once if it was since `clear`; or after so many ms (default: never). Never rejects. */
  wait(ms?: number): Promise<void> {
    if (this.#woken) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(end);
      resolve();
    };
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    this.#waiting.add(end);
    return promise;
  }
}

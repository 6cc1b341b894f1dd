const EVERY_MS = 10_000;

/** A line now and then while orders are placed. */
export class Progress {
  readonly #log: (line: string) => void;
  readonly #began = performance.now();
  #next = EVERY_MS;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  at({ placed, accepted }: { readonly placed: number; readonly accepted: number }): void {
    const ms = performance.now() - this.#began;
    if (ms < this.#next) return;
    this.#next = ms + EVERY_MS;
    this.#log(`${(ms / 1000).toFixed(1).padStart(6)} s  ${placed} orders placed, ${accepted} accepted`);
  }
}

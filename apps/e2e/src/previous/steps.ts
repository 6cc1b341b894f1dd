/** Steps one after another: one line for each, and what it found. */
export class Steps {
  readonly #say: (line: string) => void;
  readonly #signal: AbortSignal;
  #sound = true;

  constructor(say: (line: string) => void, signal: AbortSignal) {
    this.#say = say;
    this.#signal = signal;
  }

  /** No step has found anything. */
  get sound(): boolean {
    return this.#sound;
  }

  async take(name: string, run: () => Promise<readonly string[]>): Promise<void> {
    this.#signal.throwIfAborted();
    const began = performance.now();
    const faults = await run();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.#say(`${faults.length === 0 ? '✓' : '✗'} ${name}: ${seconds} s`);
    for (const fault of faults) this.#say(`  ${fault}`);
    if (faults.length > 0) this.#sound = false;
  }
}

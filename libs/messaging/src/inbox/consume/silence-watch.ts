export interface SilenceWatchOptions {
  /** Whether the consumer is a member of its group. */
  readonly joined: () => boolean;
  /** Whether a broker answers, asked anew. Never rejects. */
  readonly answers: () => Promise<boolean>;
  readonly now?: () => number;
}

/**
 * How long a consumer has been in no group although a broker answers. Its client is broken then: kafkajs can lose a
 * request for good, and waits for its answer. Waiting for a broker is not silence: the time counts from when one was
 * seen to answer, since after an outage a client needs a moment to join again.
 */
export class SilenceWatch {
  readonly #joined: () => boolean;
  readonly #answers: () => Promise<boolean>;
  readonly #now: () => number;
  #since: number | undefined;
  #silentMs = 0;

  constructor(options: SilenceWatchOptions) {
    this.#joined = options.joined;
    this.#answers = options.answers;
    this.#now = options.now ?? (() => performance.now());
  }

  /** In ms, as the last look found it; 0 for a member, and while no broker answers. */
  get silentMs(): number {
    return this.#silentMs;
  }

  /** The group has answered: the time begins anew, also when the membership is lost again before the next look. */
  heard(): void {
    this.#since = undefined;
    this.#silentMs = 0;
  }

  /** Never rejects. */
  async look(): Promise<void> {
    if (this.#joined() || !(await this.#answers()) || this.#joined()) {
      this.heard();
      return;
    }
    this.#since ??= this.#now();
    this.#silentMs = this.#now() - this.#since;
  }
}

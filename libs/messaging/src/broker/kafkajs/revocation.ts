import { settles } from '../../deadline.js';
import { messagingPolicy } from '../../policy.js';

/**
 * A rebalance that waits for what this member has in flight, until that has ended, but no longer than the policy's
 * revokeMs.
 */
export class Revocation {
  #over: boolean;

  /** `ending` resolves when what is in flight has ended, and never rejects; undefined when nothing is in flight. */
  constructor(ending: Promise<void> | undefined) {
    this.#over = ending === undefined;
    if (ending !== undefined) void this.#wait(ending);
  }

  get over(): boolean {
    return this.#over;
  }

  async #wait(ending: Promise<void>): Promise<void> {
    await settles(messagingPolicy.revokeMs, ending);
    this.#over = true;
  }
}

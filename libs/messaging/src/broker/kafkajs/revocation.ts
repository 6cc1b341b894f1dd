import { settles } from '../../deadline.js';
import { messagingPolicy } from '../../policy.js';

/** What a member has in flight when a rebalance begins, which waits for it: until it has ended, or for the policy's revokeMs. */
export class Revocation {
  #over: boolean;

  /** `ending`: of what is in flight; undefined when nothing is. Never rejects. */
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

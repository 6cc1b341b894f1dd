import { messageOf, within } from '@dozen/kernel';

/** `command` is what an operator should run, such as the migrate command. */
export type CheckResult =
  | { readonly ok: true; readonly note?: string }
  | { readonly ok: false; readonly reason: string; readonly command?: string };

/** Needs no timeout of its own: one that throws or takes too long has failed. */
export type Check = () => Promise<CheckResult> | CheckResult;

/** Runs checks with a time limit. A check that hangs is not begun again before it ends, however often it is asked. */
export class CheckRunner {
  readonly #timeoutMs: number;
  readonly #pending = new Map<Check, Promise<CheckResult>>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects. */
  run(check: Check): Promise<CheckResult> {
    const late = (): Error => new Error(`no answer within ${this.#timeoutMs} ms`);
    return within(this.#timeoutMs, this.#begin(check), late).catch(failed);
  }

  #begin(check: Check): Promise<CheckResult> {
    const running = this.#pending.get(check) ?? this.#outcome(check);
    this.#pending.set(check, running);
    return running;
  }

  async #outcome(check: Check): Promise<CheckResult> {
    // Not in the same turn, or a check that ends at once would be forgotten before it is remembered.
    await Promise.resolve();
    try {
      return await check();
    } catch (error) {
      return failed(error);
    } finally {
      this.#pending.delete(check);
    }
  }
}

function failed(error: unknown): CheckResult {
  return { ok: false, reason: messageOf(error) };
}

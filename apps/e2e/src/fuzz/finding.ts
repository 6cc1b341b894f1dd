import { commandOf, type Replay } from './options.js';

/** One broken promise, with what shows it again. */
export interface Finding {
  /** What kind of fault it is: findings with the same one count as one. */
  readonly signature: string;
  readonly sent: string;
  readonly happened: string;
  /** Undefined for what belongs to no single case: a leak, an order that nobody placed. */
  readonly replay: Replay | undefined;
  /** Sent before it was found. */
  readonly afterCases: number;
}

/** Collects findings, one of each kind, and counts the others. */
export class Findings {
  readonly #bySignature = new Map<string, { readonly finding: Finding; times: number }>();
  readonly #aliases = new Map<string, string>();

  /** True when it is the first of its kind. */
  isNew(signature: string): boolean {
    const known = this.#bySignature.get(this.#aliases.get(signature) ?? signature);
    if (known !== undefined) known.times += 1;
    return known === undefined;
  }

  add(finding: Finding): void {
    if (!this.#bySignature.has(finding.signature)) this.#bySignature.set(finding.signature, { finding, times: 1 });
  }

  remove(signature: string): void {
    this.#bySignature.delete(signature);
  }

  /** What looks like the first is the second: it was that when it was made smaller. */
  alias(signature: string, shrunk: string): void {
    if (signature !== shrunk) this.#aliases.set(signature, shrunk);
  }

  get all(): readonly Finding[] {
    return [...this.#bySignature.values()].map(({ finding }) => finding);
  }

  get size(): number {
    return this.#bySignature.size;
  }

  timesOf({ signature }: Finding): number {
    return this.#bySignature.get(signature)?.times ?? 0;
  }
}

export function describeFinding(
  seed: number,
  { signature, sent, happened, replay, afterCases }: Finding,
  times: number,
): string {
  const again = replay === undefined ? [] : [`  again:    ${commandOf(seed, replay)}`];
  const count = times === 1 ? '' : ` (${times} times)`;
  return [
    `✗ ${signature}${count}, first after ${afterCases} cases`,
    `  sent:     ${sent}`,
    `  happened: ${happened}`,
    ...again,
  ].join('\n');
}

import { commandOf, type Replay } from './options.js';

/** What is wrong about one case. */
export interface Fault {
  /** A route, a message type. */
  readonly about: string;
  readonly what: string;
  /** What is odd about the case, in words; empty for an ordinary one. */
  readonly blamed: readonly string[];
  readonly happened: string;
}

/** One broken promise, with what shows it again. */
export interface Finding {
  readonly fault: Fault;
  readonly sent: string;
  /** Undefined for what belongs to no single case: a leak, an order that nobody placed. */
  readonly replay: Replay | undefined;
  /** Sent before it was found. */
  readonly afterCases: number;
}

/** Collects findings, one of each kind, and counts the others. */
export class Findings {
  readonly #all: { readonly finding: Finding; times: number }[] = [];

  /** True when no finding explains it: the same thing, of a case that is odd in the same way, whatever else is odd about it. */
  isNew(fault: Fault): boolean {
    const known = this.#all.find(({ finding }) => explains(finding.fault, fault));
    if (known !== undefined) known.times += 1;
    return known === undefined;
  }

  add(finding: Finding): void {
    this.#all.push({ finding, times: 1 });
  }

  /** Puts a smaller case in the place of one, together with those that it explains. */
  replace(old: Finding, by: Finding): void {
    const known = this.#all.find(({ finding }) => finding !== old && explains(finding.fault, by.fault));
    const at = this.#all.findIndex(({ finding }) => finding === old);
    const times = this.#all[at]?.times ?? 1;
    if (known === undefined) this.#all.splice(at, 1, { finding: by, times });
    else {
      known.times += times;
      this.#all.splice(at, 1);
    }
  }

  get all(): readonly Finding[] {
    return this.#all.map(({ finding }) => finding);
  }

  get size(): number {
    return this.#all.length;
  }

  timesOf(finding: Finding): number {
    return this.#all.find((one) => one.finding === finding)?.times ?? 0;
  }
}

/** The same fault, of a case that has at least what the first one has. */
export function explains(known: Fault, fault: Fault): boolean {
  return (
    known.about === fault.about && known.what === fault.what && known.blamed.every((odd) => fault.blamed.includes(odd))
  );
}

export function titleOf({ about, what, blamed }: Fault): string {
  return `${about}: ${what} (${blamed.join(', ') || 'plain'})`;
}

export function describeFinding(seed: number, { fault, sent, replay, afterCases }: Finding, times: number): string {
  const again = replay === undefined ? [] : [`  again:    ${commandOf(seed, replay)}`];
  const count = times === 1 ? '' : ` (${times} times)`;
  return [
    `✗ ${titleOf(fault)}${count}, first after ${afterCases} cases`,
    `  sent:     ${sent}`,
    `  happened: ${fault.happened}`,
    ...again,
  ].join('\n');
}

import type fc from 'fast-check';
import { type Fault, type Finding, type Findings, titleOf } from './finding.js';
import type { Replay } from './options.js';
import { type CaseId, seedOf, shrink } from './seeds.js';

export interface Suspect {
  readonly fault: Fault;
  readonly sent: string;
}

/**
 * Makes a finding of a fault: looks for the smallest case that still has it, against the same system. One that shows no
 * more when it is sent again is a finding all the same, and says so.
 */
export async function pursue<T>(options: {
  readonly findings: Findings;
  readonly arbitrary: fc.Arbitrary<T>;
  readonly runSeed: number;
  readonly id: CaseId;
  readonly suspect: Suspect;
  readonly again: (one: T) => Promise<Suspect | undefined>;
  readonly afterCases: number;
  /** How long smaller cases are looked for, in ms. */
  readonly forMs: number;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { findings, arbitrary, runSeed, id, suspect, again, afterCases, forMs, log } = options;
  if (!findings.isNew(suspect.fault)) return;
  const replay = (path: string | undefined): Replay => ({ kind: id.kind, from: id.index, to: id.index, path });
  const first: Finding = { ...suspect, replay: replay(undefined), afterCases };
  findings.add(first);
  const { about, what } = suspect.fault;
  let smallest: Suspect | undefined;
  const attempt = async (one: T): Promise<boolean> => {
    const found = await again(one);
    if (found?.fault.about !== about || found.fault.what !== what) return false;
    smallest = found;
    return true;
  };
  const shrunk = forMs > 0 ? await shrink(arbitrary, seedOf(runSeed, id), attempt, forMs) : undefined;
  if (shrunk !== undefined && smallest !== undefined) {
    findings.replace(first, { ...smallest, replay: replay(shrunk.path), afterCases });
  } else if (forMs > 0) {
    const { fault } = first;
    findings.replace(first, {
      ...first,
      fault: { ...fault, happened: `${fault.happened} (not when it was sent again)` },
    });
  }
  const { fault } = smallest ?? suspect;
  log(`found: ${titleOf(fault)}\n  ${fault.happened}`);
}

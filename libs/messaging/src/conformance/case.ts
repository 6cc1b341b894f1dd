import type { ConformanceRig } from './rig.js';

/** One thing that a broker adapter must do. Any runner can run it: it rejects with an AssertionError when it is not done. */
export interface ConformanceCase {
  /** A sentence about the adapter: `refuses a commit of a generation that is over`. */
  readonly name: string;
  /** Up to 30 s: it waits for what a broker does in its own time, for no longer than 15 s at each step. */
  run(): Promise<void>;
}

/** A case before it is known which adapter is tried. */
export interface Claim {
  readonly name: string;
  readonly holds: (rig: ConformanceRig) => Promise<void>;
}

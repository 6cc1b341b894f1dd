import type { PlantedBug } from '../../planted/workspace-copy.js';
import type { CaseKind } from '../seeds.js';

/** A fault that the system once had, in the form that it takes today. */
export interface FuzzBug extends PlantedBug {
  /** The input that shows it, in a few words. */
  readonly row: string;
  /** Which fuzzer finds it. */
  readonly only: CaseKind;
  /** Why no case shows it: what the fuzz would have to do, and does not. */
  readonly lacks?: string;
}

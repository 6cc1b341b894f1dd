import type { ExitGuard } from './exit-guard.js';
import type { ManagedProcess, ProcessExit } from './managed-process.js';
import type { StateFile } from './state.js';
import type { OnStep } from './steps.js';

/** What both embedded servers are started with. */
export interface EmbeddedContext {
  readonly dir: string;
  readonly fresh: boolean;
  readonly state: StateFile;
  readonly guard: ExitGuard;
  readonly onStep: OnStep;
  readonly heap: string;
  readonly kafkaProxyPort: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly died: (process: ManagedProcess, exit: ProcessExit) => void;
}

export interface Embedded<T> {
  readonly backing: T;
  readonly process: ManagedProcess;
}

import type { ExitGuard } from './exit-guard.js';
import type { ProcessExit, ServerProcess } from './managed-process.js';
import type { StateFile } from './state.js';
import type { OnStep } from './steps.js';

/** What both servers are started with. */
export interface ServerContext {
  readonly dir: string;
  readonly fresh: boolean;
  readonly state: StateFile;
  readonly guard: ExitGuard;
  readonly onStep: OnStep;
  readonly heap: string;
  readonly kafkaProxyPort: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly died: (process: ServerProcess, exit: ProcessExit) => void;
}

/** A server that was started here. */
export interface StartedServer<T> {
  readonly backing: T;
  readonly process: ServerProcess;
}

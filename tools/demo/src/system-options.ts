import type { Backing, OnStep } from '@dozen/backing';
import type { DemoError } from './errors.js';
import type { Launched } from './launched.js';
import type { ServiceName } from '@dozen/manifest';

export interface SystemOptions {
  /** Logs, mails, the tools' data. One system at a time. */
  readonly dir: string;
  /** Started already; stays the caller's to stop. */
  readonly backing: Backing;
  /** Which services run; all by default. Every one is migrated. */
  readonly services?: readonly ServiceName[];
  /** Processes per service; 1 by default. */
  readonly instances?: Partial<Record<ServiceName, number>>;
  /** Added to (and over) what the launcher says, for `all` services and for each. */
  readonly env?: Partial<Record<ServiceName | 'all', Record<string, string>>>;
  /** Added to that for one process of a service. */
  readonly instanceEnv?: (service: ServiceName, index: number) => Record<string, string>;
  /** The first gateway's port; a free one by default. Throws DEMO-PORT-TAKEN when it is taken. */
  readonly gatewayPort?: number;
  /** Forget mails and the tools' data. */
  readonly fresh?: boolean;
  readonly onStep?: OnStep;
  /** Aborting it ends the start: what was started is stopped, the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** A process ended although nobody asked it to (DEMO-PROCESS-ENDED, with its last log lines). */
  readonly onDeath?: (process: Launched, error: DemoError) => void;
}

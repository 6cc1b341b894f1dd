import { backingError, BackingCode } from './errors.js';
import type { BackingSource } from './resolve.js';
import type { BackingError } from './errors.js';
import type { OnStep } from './steps.js';

/** One of the two servers. Of one that came by URL only the address is known: the rest throws BACKING-NOT-OURS. */
interface Server {
  /** undefined while it is not running. */
  readonly pid: number | undefined;
  /** Sends a signal to the server and, for SIGKILL, SIGSTOP and SIGCONT, to its children; SIGKILL waits for its end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it if it runs, starts it again on the same port and waits until it answers. */
  restart(): Promise<void>;
}

export interface PostgresBacking extends Server {
  /** A role that may create databases. */
  readonly adminUrl: string;
  url(database: string): string;
  /** Creates it when it is missing. Returns its URL. */
  ensureDatabase(name: string): Promise<string>;
}

export interface KafkaBacking extends Server {
  /** `kafka://127.0.0.1:PORT` */
  readonly url: string;
  /** With `kafkaProxyPort`: where the broker listens for the proxy. */
  readonly proxiedPort?: number | undefined;
}

export interface Backing {
  readonly postgres: PostgresBacking;
  readonly kafka: KafkaBacking;
  /** Ends both (at most 5 s each, then SIGKILL) and frees the data folder. May be called twice. */
  stop(): Promise<void>;
}

export interface BackingOptions {
  /** Data, ports, logs. One launcher at a time. */
  readonly dir: string;
  /** Forget the data that is there. */
  readonly fresh?: boolean;
  readonly onStep?: OnStep;
  /** The JVM's -Xmx; 256m by default. */
  readonly kafkaHeap?: string;
  /**
   * Where a proxy of the caller listens: an embedded Kafka listens for it on a port of its own (`kafka.proxiedPort`) and
   * tells the clients that come through it to come through it again.
   */
  readonly kafkaProxyPort?: number;
  /** From `resolveBacking`; both embedded by default. */
  readonly source?: BackingSource;
  /** Aborting it ends the start: what was started is stopped, the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** A server ended although nobody asked it to (BACKING-DIED, with its last log lines). */
  readonly onDeath?: (error: BackingError) => void;
  /** PATH, HOME, JAVA_HOME, DOZEN_CACHE_DIR; the process's own by default. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The server half of something that runs elsewhere. */
export function notOurs(name: string): Server {
  const refuse = (): Promise<never> =>
    Promise.reject(
      backingError(BackingCode.notOurs, {
        what: `${name} came by URL: it is not ours to signal or restart.`,
        todo: 'Use embedded backing services (DOZEN_BACKING=embedded) for this.',
      }),
    );
  return { pid: undefined, kill: refuse, restart: refuse };
}

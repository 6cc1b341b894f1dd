import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { ExitGuard } from './exit-guard.js';
import { lastLines } from './log-tail.js';
import { POLICY } from './policy.js';
import { processTable, signalProcess } from './process-table.js';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both output streams are appended here by the child itself, so that it can outlive a reader. */
  readonly logFile: string;
  /** How it is asked to end. PostgreSQL: SIGINT, since SIGTERM there waits for every client. */
  readonly stopSignal?: NodeJS.Signals;
  readonly stopDeadlineMs?: number;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** SIGKILL, SIGSTOP and SIGCONT reach its children too: PostgreSQL's backends are processes of their own. */
  readonly signalsTree?: boolean;
  /** Called when it ends although nobody asked it to. */
  readonly onDeath?: (exit: ProcessExit) => void;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it could not even be started. */
  readonly spawnError?: Error;
}

/** A server as those who start, stop and report it see it, whatever runs it. */
export interface ServerProcess {
  readonly spec: Pick<ProcessSpec, 'name' | 'logFile'>;
  /** undefined while it is not running, and where this machine's number for it is not known. */
  readonly pid: number | undefined;
  readonly running: boolean;
  readonly exit: ProcessExit | undefined;
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<unknown>;
  lastLines(): string[];
}

/**
 * A child process in a process group of its own: Ctrl-C in the terminal reaches the parent only, which then stops its
 * children in order. States: idle → running (start) → ended (exit) → running (start). `kill` and `stop` announce the
 * end; any other end is reported to `onDeath`.
 */
export class ManagedProcess implements ServerProcess {
  private child: ChildProcess | undefined;
  private ended: Promise<ProcessExit> | undefined;
  private lastExit: ProcessExit | undefined;
  private announced = false;
  private logStart = 0;

  constructor(
    readonly spec: ProcessSpec,
    private readonly guard: ExitGuard,
  ) {}

  get pid(): number | undefined {
    return this.running ? this.child?.pid : undefined;
  }

  get running(): boolean {
    return this.child !== undefined && this.lastExit === undefined;
  }

  /** How it ended last; undefined while it runs and before the first start. */
  get exit(): ProcessExit | undefined {
    return this.lastExit;
  }

  /** Resolves when the running process has ended. */
  async waitExit(): Promise<ProcessExit> {
    if (this.ended === undefined) throw new Error(`${this.spec.name} was never started`);
    return this.ended;
  }

  start(changes: Partial<Pick<ProcessSpec, 'args' | 'env'>> = {}): void {
    if (this.running) throw new Error(`${this.spec.name} is running already`);
    const { command, cwd, logFile, user } = this.spec;
    const { args, env } = { ...this.spec, ...changes };
    const log = openSync(logFile, 'a');
    this.logStart = fstatSync(log).size;
    try {
      const child = spawn(command, [...args], {
        cwd,
        env,
        detached: true,
        stdio: ['ignore', log, log],
        ...(user === undefined ? {} : user),
      });
      this.adopt(child);
    } finally {
      closeSync(log);
    }
  }

  private adopt(child: ChildProcess): void {
    this.child = child;
    this.lastExit = undefined;
    this.announced = false;
    this.guard.add(this);
    this.ended = new Promise((resolve) => {
      const settle = (exit: ProcessExit): void => {
        if (this.lastExit !== undefined) return;
        this.lastExit = exit;
        this.guard.remove(this);
        if (!this.announced) this.spec.onDeath?.(exit);
        resolve(exit);
      };
      child.once('exit', (code, signal) => settle({ code, signal }));
      child.once('error', (spawnError) => settle({ code: null, signal: null, spawnError }));
    });
  }

  /** Sends a signal. With SIGKILL it resolves when the process is gone, else at once. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const { pid } = this;
    if (pid === undefined) return;
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') this.announced = true;
    const tree =
      this.spec.signalsTree === true && (signal === 'SIGKILL' || signal === 'SIGSTOP' || signal === 'SIGCONT');
    const children = tree ? (await processTable()).filter((entry) => entry.parent === pid) : [];
    signalProcess(pid, signal);
    for (const child of children) signalProcess(child.pid, signal);
    if (signal === 'SIGKILL') await this.ended;
  }

  /** Asks it to end and kills it after the deadline. Resolves when it is gone; `killed` tells which it was. */
  async stop(): Promise<{ killed: boolean }> {
    if (!this.running || this.ended === undefined) return { killed: false };
    this.announced = true;
    this.signalStop();
    // Its children may be frozen too, and would be waited for.
    if (this.spec.signalsTree === true) await this.kill('SIGCONT');
    const timer = Promise.withResolvers<'late'>();
    const timeout = setTimeout(() => timer.resolve('late'), this.spec.stopDeadlineMs ?? POLICY.stopDeadlineMs);
    const winner = await Promise.race([this.ended, timer.promise]);
    clearTimeout(timeout);
    if (winner !== 'late') return { killed: false };
    await this.kill('SIGKILL');
    return { killed: true };
  }

  /** Synchronous, for `process.on('exit')`: asks and does not wait. */
  signalStop(): void {
    const { pid } = this;
    if (pid === undefined) return;
    signalProcess(pid, this.spec.stopSignal ?? 'SIGTERM');
    // A frozen process would take the signal only after it is continued.
    signalProcess(pid, 'SIGCONT');
  }

  /** What it wrote last, since its last start. */
  lastLines(count: number = POLICY.readLines): string[] {
    return lastLines(this.spec.logFile, count, this.logStart);
  }
}

/** `exit code 1`, `signal SIGKILL`, `could not be started: …`: how a process ended, in words. */
export function describeExit(exit: ProcessExit): string {
  if (exit.spawnError !== undefined) return `could not be started: ${exit.spawnError.message}`;
  return exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
}

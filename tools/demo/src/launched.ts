import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit, ManagedProcess, type ExitGuard, type ProcessExit } from '@dozen/backing';
import { DemoCode, type DemoError, demoError } from './errors.js';
import { readLogLine } from './log-line.js';
import { POLICY } from './policy.js';

export interface LaunchOptions {
  readonly name: string;
  /** The built entry point, and its arguments. */
  readonly command: readonly string[];
  readonly env: Record<string, string>;
  readonly logFile: string;
  /** The system's folder: what a later start knows leftovers by. */
  readonly dir: string;
  readonly guard: ExitGuard;
  readonly signal?: AbortSignal | undefined;
  readonly onDeath?: (process: Launched, error: DemoError) => void;
}

/** A Node process of the system: a service, a tool or an admin process. */
export class Launched {
  readonly name: string;
  readonly logFile: string;
  protected readonly process: ManagedProcess;
  /** When it was started last, by performance.now(). */
  protected startedAt = 0;

  constructor(protected readonly options: LaunchOptions) {
    const { name, command, env, logFile, dir, guard } = options;
    this.name = name;
    this.logFile = logFile;
    this.process = new ManagedProcess(
      {
        name,
        command: process.execPath,
        // kafkajs asks for a timer in the past once per process (its issue 1751).
        args: [`--title=${titleOf(dir, name)}`, '--disable-warning=TimeoutNegativeWarning', ...command],
        env,
        logFile,
        stopDeadlineMs: POLICY.stopDeadlineMs,
        onDeath: (exit) => options.onDeath?.(this, this.ended(exit)),
      },
      guard,
    );
  }

  /** undefined while it is not running. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  /** How it ended last; undefined while it runs and before the first start. */
  get exit(): ProcessExit | undefined {
    return this.process.exit;
  }

  get running(): boolean {
    return this.process.running;
  }

  /** `env`: over what it was launched with, for this start alone. */
  start(env: Readonly<Record<string, string>> = {}): void {
    this.startedAt = performance.now();
    this.process.start({ env: { ...this.options.env, ...env } });
  }

  /** Sends a signal. With SIGKILL it resolves when the process is gone, else at once. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    await this.process.kill(signal);
  }

  /** SIGTERM, and SIGKILL after the deadline. Resolves when it is gone, with how it ended. */
  async stop(): Promise<ProcessExit | undefined> {
    await this.process.stop();
    return this.process.exit;
  }

  async waitExit(): Promise<ProcessExit> {
    return this.process.waitExit();
  }

  /** Asks `look` until it answers. Throws DEMO-PROCESS-ENDED, DEMO-NOT-READY. */
  protected async until<T>(look: () => Promise<T | undefined>, why: () => string, deadlineMs: number): Promise<T> {
    for (;;) {
      this.options.signal?.throwIfAborted();
      const { exit } = this.process;
      if (exit !== undefined) throw this.ended(exit);
      const answer = await look();
      if (answer !== undefined) return answer;
      if (performance.now() - this.startedAt > deadlineMs) throw this.notReady(why());
      await sleep(POLICY.readyPollMs);
    }
  }

  private notReady(why: string): DemoError {
    return demoError(DemoCode.notReady, {
      what: `${this.name} is not ready after ${POLICY.readyDeadlineMs / 1000} s: ${why}.`,
      todo: 'Its log tells more.',
      lines: this.lastLines(),
      logFile: this.logFile,
    });
  }

  protected ended(exit: ProcessExit): DemoError {
    return demoError(DemoCode.processEnded, {
      what: `${this.name} ended (${describeExit(exit)}).`,
      todo: 'Its last words:',
      lines: this.lastLines(),
      logFile: this.logFile,
    });
  }

  /** What it wrote last, in words for people. */
  lastLines(): string[] {
    return this.process.lastLines(QUOTED_LINES).map((line) => readLogLine(line).text);
  }
}

const QUOTED_LINES = 15;

/** The process's title: `dozen-<folder>-<name>`, shown by ps, and how leftovers of a killed run are known. */
export function titleOf(dir: string, name: string): string {
  return `${titlePrefix(dir)}${name}`;
}

export function titlePrefix(dir: string): string {
  return `dozen-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}-`;
}

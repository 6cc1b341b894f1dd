import { residentBytes } from '@dozen/backing';
import { Launched, type LaunchOptions } from './launched.js';
import type { ServiceName } from '@dozen/manifest';
import { isRecord } from './log-line.js';
import { POLICY } from './policy.js';

export interface ServiceOptions extends LaunchOptions {
  readonly service: ServiceName;
  readonly port: number;
}

/** One process of a service. Its port stays the same over restarts. */
export class ServiceProcess extends Launched {
  readonly service: ServiceName;
  readonly port: number;
  readonly url: string;
  private readyAfter: number | undefined;

  constructor(options: ServiceOptions) {
    super({ ...options, env: { ...options.env, PORT: String(options.port) } });
    this.service = options.service;
    this.port = options.port;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  /** From the process's start to its first 200 on /readyz, in ms; undefined before. */
  get readyMs(): number | undefined {
    return this.readyAfter;
  }

  override start(env?: Readonly<Record<string, string>>): void {
    this.readyAfter = undefined;
    super.start(env);
  }

  /** Waits for 200 on /readyz, `deadlineMs` after the process's start at most. Resolves with the time it took, in ms. */
  async waitReady(deadlineMs: number = POLICY.readyDeadlineMs): Promise<number> {
    let why = 'it does not listen';
    this.readyAfter = await this.until(
      async () => {
        const report = await this.readiness();
        if (report === undefined) return undefined;
        why = report;
        return report === '' ? performance.now() - this.startedAt : undefined;
      },
      () => why,
      deadlineMs,
    );
    return this.readyAfter;
  }

  /** Resident memory in bytes; undefined when it is not running. */
  async rss(): Promise<number | undefined> {
    return this.pid === undefined ? undefined : residentBytes(this.pid);
  }

  /** Stops it if it runs, starts it again at the same address. `waitReady` waits for it. `env`: see `start`. */
  async restart(env?: Readonly<Record<string, string>>): Promise<void> {
    await this.stop();
    this.start(env);
  }

  /** '' when ready, else what is not; undefined when it does not answer. */
  private async readiness(): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) {
        await response.arrayBuffer();
        return '';
      }
      return failedChecks(await response.json());
    } catch {
      // Not listening yet, or frozen: the deadline decides.
      return undefined;
    }
  }
}

function failedChecks(report: unknown): string {
  const checks = isRecord(report) && isRecord(report['checks']) ? Object.entries(report['checks']) : [];
  const failed = checks.flatMap(([name, check]) =>
    isRecord(check) && check['ok'] === false ? [`${name}: ${String(check['reason'])}`] : [],
  );
  return failed.length === 0 ? 'it says that it is not ready' : failed.join('; ');
}

import { describeExit, type ProcessExit } from '@dozen/backing';
import { DemoCode, demoError } from './errors.js';
import { Launched } from './launched.js';
import { POLICY } from './policy.js';

/** `migrate` or `seed` of one service: the service's own build with an argument, run to its end. */
export class AdminProcess extends Launched {
  /** Throws DEMO-ADMIN with its last lines when every attempt failed or hung. */
  async run(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const exit = await this.runOnce();
      if (exit.code === 0) return;
      if (attempt < POLICY.adminAttempts) continue;
      throw demoError(DemoCode.admin, {
        what: `${this.name} failed (${describeExit(exit)}).`,
        todo: 'Its last words:',
        lines: this.lastLines(),
        logFile: this.logFile,
      });
    }
  }

  private async runOnce(): Promise<ProcessExit> {
    this.start();
    const timer = setTimeout(() => void this.kill('SIGKILL'), POLICY.adminDeadlineMs);
    const abort = (): void => void this.stop();
    this.options.signal?.addEventListener('abort', abort, { once: true });
    const exit = await this.waitExit();
    clearTimeout(timer);
    this.options.signal?.removeEventListener('abort', abort);
    this.options.signal?.throwIfAborted();
    return exit;
  }
}

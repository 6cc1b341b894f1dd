import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@dozen/kernel';
import type { DemoError } from './errors.js';
import type { Launched } from './launched.js';
import { POLICY } from './policy.js';
import { ServiceProcess } from './service-process.js';
import { ToolProcess } from './tool-process.js';

export interface KeepAliveOptions {
  readonly show: (line: string) => void;
  /** A process cannot be kept alive: the system should end. */
  readonly giveUp: (error: unknown) => void;
  /** It is ready again; what was got from it before may be worth nothing. */
  readonly restarted: (process: Launched) => void;
  readonly signal: AbortSignal;
}

/** Starts again what dies, as a platform would (factor IX), and says so; gives up on what dies again and again. */
export class KeepAlive {
  private readonly deaths = new Map<string, number[]>();

  constructor(private readonly options: KeepAliveOptions) {}

  /** For `onDeath`. */
  readonly died = (process: Launched, error: DemoError): void => {
    const { show, giveUp, signal } = this.options;
    if (signal.aborted) return;
    show(error.message);
    const recent = (this.deaths.get(process.name) ?? []).filter(
      (at) => at > performance.now() - POLICY.restartWindowMs,
    );
    this.deaths.set(process.name, [...recent, performance.now()]);
    if (recent.length >= POLICY.restarts) giveUp(error);
    else this.restart(process).catch(giveUp);
  };

  private async restart(process: Launched): Promise<void> {
    const { show, signal } = this.options;
    await sleep(POLICY.restartDelayMs);
    if (signal.aborted || process.running) return;
    if (!(process instanceof ServiceProcess) && !(process instanceof ToolProcess)) return;
    try {
      await process.restart();
      await process.waitReady();
      show(`${process.name} runs again, ready; nothing that was accepted is lost.`);
      this.options.restarted(process);
    } catch (error) {
      // If it died again, `died` was told and counts it.
      show(messageOf(error).split('\n')[0] ?? process.name);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from '@dozen/shutdown';
import { serviceError } from '../errors.js';

const POLL_MS = 25;

/** Resolves once /readyz says so. @throws SERVICE-NOT-READY with what is not. */
export async function untilReady(health: Health, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const report = await health.report('ready');
    if (report.ok) {
      return;
    }
    if (performance.now() > deadline) {
      throw serviceError('SERVICE-NOT-READY', `not ready after ${timeoutMs} ms: ${JSON.stringify(report.checks)}`);
    }
    await sleep(POLL_MS);
  }
}

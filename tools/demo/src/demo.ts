import { join } from 'node:path';
import { residentBytes, writeAtomically } from '@dozen/backing';
import { messageOf } from '@dozen/kernel';
import { followLogs } from './follow-logs.js';
import { KeepAlive } from './keep-alive.js';
import type { Launched } from './launched.js';
import type { DemoOptions } from './options.js';
import { POLICY } from './policy.js';
import { demoToken } from './shop.js';
import { startDemo, Started } from './start-demo.js';
import { processTable, tryIt } from './summary.js';
import type { System } from './system.js';
import { drawTimeline } from './timeline.js';

/**
 * `npm start`: from whatever is there to a confirmed order. Resolves after that with `--once`, else when the signal is
 * aborted; by then everything is drained. Throws what made it fail (BACKING-…, DEMO-…).
 */
export async function runDemo(options: DemoOptions, signal: AbortSignal, show: (line: string) => void): Promise<void> {
  const broken = new AbortController();
  const giveUp = (error: unknown): void => broken.abort(error);
  const ending = AbortSignal.any([signal, broken.signal]);
  const started = new Started();
  // A key that it lost is made anew, and the token that was signed with it is refused from then on.
  const restarted = ({ name }: Launched): void => {
    if (name === 'identity') void renewToken(started, show);
  };
  const keepAlive = new KeepAlive({ show, giveUp, restarted, signal: ending });
  let up = false;
  try {
    await startDemo(started, options, {
      signal: ending,
      onBackingDeath: giveUp,
      // Until all are up, the step that waits for the process fails by itself.
      onProcessDeath: (process, error) => {
        if (up) keepAlive.died(process, error);
      },
    });
    up = true;
    await report(started, show);
    if (!options.once) await untilStopped(started, ending, show);
    // What a server died of, not the step that met it.
    broken.signal.throwIfAborted();
  } finally {
    broken.abort();
    await started.stop();
  }
}

async function report(started: Started, show: (line: string) => void): Promise<void> {
  const { system, backing, order } = started.complete;
  const table = await processTable(system, backing, residentBytes);
  const outcome = `Order ${order.id}: ${order.status} after ${Math.round(order.ms)} ms`;
  show(['', ...table, '', outcome, ...drawTimeline(order.timeline), ''].join('\n'));
}

async function untilStopped(started: Started, signal: AbortSignal, show: (line: string) => void): Promise<void> {
  const { system, backing, order, token } = started.complete;
  const tokenFile = tokenFileOf(system);
  await writeAtomically(tokenFile, token);
  const renewal = setInterval(() => void renewToken(started, show), POLICY.tokenRenewMs);
  const stopFollowing = followLogs(
    system.processes.map(({ name, logFile }) => ({ name, file: logFile })),
    show,
  );
  try {
    show(tryIt({ system, backing, orderId: order.id, tokenFile, token }).join('\n'));
    show('\nCtrl-C drains and ends everything. Warnings and errors of the processes appear below.\n');
    await aborted(signal);
    show('\nDraining …');
  } finally {
    clearInterval(renewal);
    stopFollowing();
  }
}

/** What the curl lines read. */
function tokenFileOf(system: System): string {
  return join(system.dir, 'token');
}

/** Never rejects: the token of before may do for a while yet. */
async function renewToken(started: Started, show: (line: string) => void): Promise<void> {
  const { system } = started;
  if (system === undefined) return;
  try {
    const token = await demoToken(system.tool('identity').url);
    // Also for who writes the file first, which may be later than this.
    started.token = token;
    await writeAtomically(tokenFileOf(system), token);
  } catch (error) {
    show(`the token was not renewed: ${messageOf(error)}`);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

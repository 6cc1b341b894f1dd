import { join } from 'node:path';
import { Findings } from './finding.js';
import { HttpFuzz } from './http/http-fuzz.js';
import type { CommandLine } from './options.js';
import { World } from './world.js';

export interface FuzzOptions extends CommandLine {
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface FuzzResult {
  readonly options: Pick<FuzzOptions, 'seed' | 'cases'>;
  readonly findings: Findings;
  readonly requests: number;
  readonly accepted: number;
  /** ms of sending. */
  readonly spanMs: number;
  /** Service processes that ended by themselves. */
  readonly ended: readonly string[];
}

/** Starts the system, lets the stranger loose on it and looks at what is left. Everything is stopped. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { dir, seed, cases, signal, log, replay, failFast } = options;
  log('starting the system: one process of each service');
  const world = await World.start({ dir: join(dir, 'world'), signal, log });
  try {
    const findings = new Findings();
    const http = await HttpFuzz.open({ world, seed, findings, signal, log });
    const began = performance.now();
    if (replay !== undefined) await http.replay(replay);
    else await http.run(0, cases, () => failFast && findings.size > 0);
    const spanMs = performance.now() - began;
    http.stop();
    return {
      options: { seed, cases },
      findings,
      requests: http.done,
      accepted: http.accepted.length,
      spanMs,
      ended: world.ended,
    };
  } finally {
    await world.stop();
  }
}

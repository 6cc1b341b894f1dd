import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveBacking, startBacking } from '@dozen/backing';
import type { Benchmark } from './benchmark.js';
import { describeEnvironment } from './environment.js';
import { inbox } from './inbox/index.js';
import { latency } from './latency/index.js';
import type { BenchmarkName, CommandLine } from './options.js';
import { order } from './order/index.js';
import { relay } from './relay/index.js';
import { environmentLine } from './report/document.js';
import { tablesOf } from './report/tables.js';
import type { Result } from './results.js';
import { start } from './start/index.js';
import { streams } from './streams/index.js';
import { system } from './system/index.js';
import { telemetry } from './telemetry/index.js';
import { writes } from './writes/index.js';

const RUNS: Readonly<Record<BenchmarkName, Benchmark>> = {
  relay,
  inbox,
  writes,
  latency,
  system,
  order,
  streams,
  start,
  telemetry,
};

export interface RunOptions extends Pick<CommandLine, 'benchmarks' | 'rounds' | 'scale'> {
  readonly signal: AbortSignal;
  /** Progress, one line at a time. */
  readonly say: (line: string) => void;
  /** Results, as they come. */
  readonly show: (text: string) => void;
  /** Each one when it is there: a later one may fail. */
  readonly keep: (name: BenchmarkName, result: Result) => Promise<void>;
}

/** Measures one after another on backing services of this run alone, or on those that the environment names. */
export async function runBenchmarks({ benchmarks, show, keep, ...context }: RunOptions): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-'));
  const backing = await startBacking({ dir, source: resolveBacking(process.env), signal: context.signal });
  try {
    const environment = await describeEnvironment(backing);
    show(environmentLine(environment));
    for (const name of benchmarks) {
      context.signal.throwIfAborted();
      context.say(`${name}:`);
      const { rounds = context.rounds, ...findings } = await RUNS[name]({ ...context, backing });
      show([`\n${name}`, ...tablesOf(findings), ...findings.evidence.map(({ text }) => text)].join('\n'));
      await keep(name, { date: new Date().toISOString().slice(0, 10), rounds, environment, findings });
    }
  } finally {
    await backing.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

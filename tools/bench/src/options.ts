import { readArgs, UsageError } from '@dozen/backing';

export const BENCHMARKS = [
  'relay',
  'inbox',
  'writes',
  'latency',
  'system',
  'order',
  'streams',
  'start',
  'telemetry',
] as const;
export type BenchmarkName = (typeof BENCHMARKS)[number];

export interface CommandLine {
  /** Empty: only the document is written again from the results on file. */
  readonly benchmarks: readonly BenchmarkName[];
  readonly rounds: number;
  readonly scale: number;
  /** Write docs/benchmarks.json and docs/benchmarks.md. */
  readonly save: boolean;
}

export const USAGE = `npm run bench -- relay|inbox|writes|latency|system|order|streams|start|telemetry|all|document [--rounds N] [--scale F] [--save]
  --rounds N   repetitions of each measurement; the best counts (without it 3)
  --scale F    multiplies the amount of work: 0.1 for a quick look (without it 1)
  --save       write the results to docs/benchmarks.json and docs/benchmarks.md
  document     measure nothing: write docs/benchmarks.md again from docs/benchmarks.json`;

const OPTIONS = { rounds: { type: 'string' }, scale: { type: 'string' }, save: { type: 'boolean' } } as const;

/** Throws UsageError. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = readArgs({ args, options: OPTIONS, allowPositionals: true });
  if (positionals.length === 0) throw new UsageError('Which benchmark?');
  const benchmarks = positionals.flatMap(named);
  return {
    benchmarks: BENCHMARKS.filter((name) => benchmarks.includes(name)),
    rounds: positive('--rounds', values.rounds, 3, true),
    scale: positive('--scale', values.scale, 1, false),
    save: values.save ?? positionals.includes('document'),
  };
}

function named(name: string): readonly BenchmarkName[] {
  if (name === 'all') return BENCHMARKS;
  if (name === 'document') return [];
  const found = BENCHMARKS.find((known) => known === name);
  if (found === undefined) throw new UsageError(`There is no benchmark ${name}.`);
  return [found];
}

function positive(name: string, text: string | undefined, otherwise: number, whole: boolean): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0 && value < 1000) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`${name} ${text ?? ''} is no ${whole ? 'whole ' : ''}number above 0.`);
  }
  return value;
}

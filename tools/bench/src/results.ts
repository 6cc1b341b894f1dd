import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from './benchmark.js';
import type { Environment } from './environment.js';
import type { BenchmarkName } from './options.js';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
const FILE = join(ROOT, 'docs', 'benchmarks.json');

/** The last results of one benchmark. */
export interface Result {
  /** `2026-11-24` */
  readonly date: string;
  readonly rounds: number;
  readonly environment: Environment;
  readonly findings: Findings;
}

export type Results = Readonly<Partial<Record<BenchmarkName, Result>>>;

export async function loadResults(): Promise<Results> {
  return JSON.parse(await readFile(FILE, 'utf8')) as Results;
}

export async function saveResults(results: Results): Promise<void> {
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  await writeFile(FILE, `${JSON.stringify(results, rounded, 2)}\n`);
}

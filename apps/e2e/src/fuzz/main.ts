import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '@dozen/backing';
import { describeFinding } from './finding.js';
import { readCommandLine, UsageError } from './options.js';
import { reportOf } from './report.js';
import { runFuzz } from './run-fuzz.js';

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;
const MOST_SEEDS = 1_000_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const signal = interruption();

try {
  const options = readCommandLine(process.argv.slice(2), () => randomInt(MOST_SEEDS));
  const dir = await mkdtemp(join(tmpdir(), 'dozen-fuzz-'));
  progress(`seed ${options.seed}; logs in ${dir}`);
  const result = await runFuzz({ ...options, dir, signal, log: progress });
  say(reportOf(result));
  for (const finding of result.findings.all)
    say(describeFinding(options.seed, finding, result.findings.timesOf(finding)));
  if (result.findings.size > 0) process.exitCode = 1;
  if (result.findings.size > 0 || options.keep) say(`logs: ${dir}`);
  else await rm(dir, { recursive: true, force: true });
} catch (error) {
  const known = error instanceof UsageError || signal.aborted;
  progress(error instanceof Error ? ((known ? undefined : error.stack) ?? error.message) : String(error));
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1;
}

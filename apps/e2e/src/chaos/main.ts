import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '@dozen/backing';
import { readCommandLine, UsageError } from './options.js';
import { reportOf } from './report.js';
import { runChaos } from './run-chaos.js';
import { describeFault, scheduleOf } from './schedule.js';

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;
const SHOWN = 20;
const MOST_SEEDS = 1_000_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const signal = interruption();

try {
  const options = readCommandLine(process.argv.slice(2), () => randomInt(MOST_SEEDS));
  if (options.dryRun) for (const fault of scheduleOf(options)) say(describeFault(fault));
  else await run(options);
} catch (error) {
  const known = error instanceof UsageError || signal.aborted;
  process.stderr.write(
    `${error instanceof Error ? ((known ? undefined : error.stack) ?? error.message) : String(error)}\n`,
  );
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1;
}

async function run(options: ReturnType<typeof readCommandLine>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-chaos-'));
  progress(`seed ${options.seed}; logs and ledger in ${dir}`);
  const result = await runChaos({ ...options, dir, signal, log: progress });
  say(reportOf(result));
  for (const violation of result.violations.slice(0, SHOWN)) say(`  ${violation}`);
  if (result.violations.length > SHOWN) say(`  … and ${result.violations.length - SHOWN} more`);
  if (result.violations.length > 0) process.exitCode = 1;
  if (result.violations.length > 0 || options.keep) say(`evidence: ${dir}`);
  else await rm(dir, { recursive: true, force: true });
}

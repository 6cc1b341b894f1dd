import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '@dozen/backing';
import { readCommandLine, USAGE } from './options.js';
import { reportOf } from './report.js';
import { runChaos } from './run-chaos.js';
import { describeFault, scheduleOf } from './schedule.js';

const SHOWN = 20;
const MOST_SEEDS = 1_000_000;

await runCommandLine(USAGE, async ({ args, signal, say, progress }) => {
  const options = readCommandLine(args, () => randomInt(MOST_SEEDS));
  if (options.dryRun) {
    for (const fault of scheduleOf(options)) say(describeFault(fault));
    return true;
  }
  const dir = await mkdtemp(join(tmpdir(), 'dozen-chaos-'));
  progress(`seed ${options.seed}; logs and ledger in ${dir}`);
  const result = await runChaos({ ...options, dir, signal, log: progress });
  const { violations } = result;
  say(reportOf(result));
  for (const violation of violations.slice(0, SHOWN)) say(`  ${violation}`);
  if (violations.length > SHOWN) say(`  … and ${violations.length - SHOWN} more`);
  if (violations.length > 0 || options.keep) say(`evidence: ${dir}`);
  else await rm(dir, { recursive: true, force: true });
  return violations.length === 0;
});

import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '@dozen/backing';
import { describeFinding } from './finding.js';
import { readCommandLine, USAGE } from './options.js';
import { reportOf } from './report.js';
import { runFuzz } from './run-fuzz.js';

const MOST_SEEDS = 1_000_000;

await runCommandLine(USAGE, async ({ args, signal, say, progress }) => {
  const options = readCommandLine(args, () => randomInt(MOST_SEEDS));
  const dir = await mkdtemp(join(tmpdir(), 'dozen-fuzz-'));
  progress(`seed ${options.seed}; logs in ${dir}`);
  const result = await runFuzz({ ...options, dir, signal, log: progress });
  const { findings } = result;
  say(reportOf(result));
  for (const finding of findings.all) say(describeFinding(options.seed, finding, findings.timesOf(finding)));
  if (findings.size > 0 || options.keep) say(`logs: ${dir}`);
  else await rm(dir, { recursive: true, force: true });
  return findings.size === 0;
});

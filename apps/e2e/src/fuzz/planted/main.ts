import { interruption } from '@dozen/backing';
import { hunt, type Ran, wantedOf } from '../../planted/hunt.js';
import { FUZZ_BUGS } from './bugs.js';
import type { FuzzBug } from './fuzz-bug.js';

/** Enough for each oddity of each route and type a few times over. */
const CASES = 4_000;

const signal = interruption();
const bugs = wantedOf(FUZZ_BUGS, process.argv.slice(2));
for (const bug of bugs) {
  if (signal.aborted) break;
  const args = ['--seed', '1', '--cases', String(CASES), '--only', bug.only, '--fail-fast'];
  const found = await hunt(bug, [{ main: 'fuzz/main.js', args }], (ran) => firstFinding(bug, ran), signal);
  const missed = bug.lacks === undefined ? `**not found** in ${CASES} cases` : `not found; it lacks ${bug.lacks}`;
  process.stdout.write(`| ${bug.row} | ${bug.name} | ${found ?? missed} |\n`);
  if (found === undefined && bug.lacks === undefined) process.exitCode = 1;
}
if (signal.aborted || bugs.length === 0) process.exitCode = 1;

/** After how many cases it was found and by what; undefined when nothing was. Throws when there is no verdict. */
function firstFinding(bug: FuzzBug, { code, output, seconds }: Ran): string | undefined {
  if (code === 0) return undefined;
  const [, first, cases] = /^✗ (.+), first after (\d+) cases$/m.exec(output) ?? [];
  if (first === undefined) throw new Error(`${bug.name}: the run ended with ${String(code)} and no verdict\n${output}`);
  return `${cases ?? ''} cases | ${seconds.toFixed(0)} s | ${first}`;
}

import { runCommandLine } from '@dozen/backing';
import { hunt, type Ran, wantedOf } from '../../planted/hunt.js';
import { FUZZ_BUGS } from './bugs.js';
import type { FuzzBug } from './fuzz-bug.js';

/** Enough for each oddity of each route and type a few times over. */
const CASES = 4_000;

const USAGE = `npm run fuzz:planted -- [NAME…]
  shows that the fuzz finds the bugs whose names have one of these parts (without one, all) when they are planted into a copy`;

await runCommandLine(USAGE, async ({ args, signal, say }) => {
  let all = true;
  for (const bug of wantedOf(FUZZ_BUGS, args)) {
    const flags = ['--seed', '1', '--cases', String(CASES), '--only', bug.only, '--fail-fast'];
    const found = await hunt(bug, [{ main: 'fuzz/main.js', args: flags }], (ran) => firstFinding(bug, ran), signal);
    const missed = bug.lacks === undefined ? `**not found** in ${CASES} cases` : `not found; it lacks ${bug.lacks}`;
    say(`| ${bug.row} | ${bug.name} | ${found ?? missed} |`);
    all &&= found !== undefined || bug.lacks !== undefined;
  }
  return all;
});

/** After how many cases it was found and by what; undefined when nothing was. Throws when there is no verdict. */
function firstFinding(bug: FuzzBug, { code, output, seconds }: Ran): string | undefined {
  if (code === 0) return undefined;
  const [, first, cases] = /^✗ (.+), first after (\d+) cases$/m.exec(output) ?? [];
  if (first === undefined) throw new Error(`${bug.name}: the run ended with ${String(code)} and no verdict\n${output}`);
  return `${cases ?? ''} cases | ${seconds.toFixed(0)} s | ${first}`;
}

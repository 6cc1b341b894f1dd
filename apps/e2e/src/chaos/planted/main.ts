import { runCommandLine } from '@dozen/backing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { hunt, type Ran, type RunOfCopy, wantedOf } from '../../planted/hunt.js';
import { type ChaosBug, PLANTED_BUGS } from './bugs.js';

/** Seeds that are tried for a bug before it counts as not found. */
const SEEDS = [1, 2, 3];
const SIZE = ['--orders', '400', '--faults', '16'];

const USAGE = `npm run chaos:planted -- [NAME…]
  shows that chaos finds the bugs whose names have one of these parts (without one, all) when they are planted into a copy`;

await runCommandLine(USAGE, async ({ args, signal, say }) => {
  let all = true;
  for (const bug of wantedOf(PLANTED_BUGS, args)) {
    const found = await hunt(bug, runsOf(bug), (ran, run) => firstViolation(bug, ran, run), signal);
    say(`| ${bug.name} | ${found ?? `**not found** with seeds ${SEEDS.join(', ')}`} |`);
    all &&= found !== undefined;
  }
  return all;
});

function runsOf({ faults, services = SERVICE_NAMES }: ChaosBug): RunOfCopy[] {
  const chosen = ['--only', faults.join(','), '--strike', services.join(',')];
  return SEEDS.map((seed) => ({
    main: 'chaos/main.js',
    args: [...SIZE, '--seed', String(seed), ...chosen, '--settle', '90', '--fail-fast'],
  }));
}

/** Which run found it and by what; undefined when it found nothing. Throws when it ended otherwise than with a verdict. */
function firstViolation(bug: ChaosBug, { code, output, seconds }: Ran, { args }: RunOfCopy): string | undefined {
  if (code === 0) return undefined;
  const [, first] = /^violations +[1-9].*\n +(.+)$/m.exec(output) ?? [];
  if (first === undefined) throw new Error(`${bug.name}: the run ended with ${String(code)} and no verdict\n${output}`);
  return `seed ${args[args.indexOf('--seed') + 1] ?? ''} | ${seconds.toFixed(0)} s | ${first}`;
}

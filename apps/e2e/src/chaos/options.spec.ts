import { UsageError } from '@dozen/backing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { readCommandLine } from './options.js';
import { FAULT_KINDS } from './schedule.js';

const read = (...args: string[]) => readCommandLine(args, () => 42);

describe('the command line of chaos', () => {
  it('has defaults, and a new seed', () => {
    expect(read()).toEqual({
      orders: 500,
      faults: 20,
      seed: 42,
      kinds: FAULT_KINDS,
      services: SERVICE_NAMES,
      settleMs: 190_000,
      failFast: false,
      dryRun: false,
      keep: false,
    });
  });

  it('takes what it is given', () => {
    const given =
      '--orders 5000 --faults 60 --seed 7 --only kill,roll --strike gateway --settle 45 --fail-fast --dry-run --keep';
    expect(read(...given.split(' '))).toEqual({
      orders: 5000,
      faults: 60,
      seed: 7,
      kinds: ['kill', 'roll'],
      services: ['gateway'],
      settleMs: 45_000,
      failFast: true,
      dryRun: true,
      keep: true,
    });
  });

  it.each([
    [['--orders', 'many']],
    [['--faults', '-1']],
    [['--seed', '1.5']],
    [['--sed', '1']],
    [['--only', 'kill,flood']],
    [['--strike', 'mail']],
    [['extra']],
  ])('refuses %j', (args) => {
    expect(() => read(...args)).toThrow(UsageError);
  });
});

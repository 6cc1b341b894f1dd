import { readCommandLine, UsageError } from './options.js';

const read = (...args: string[]) => readCommandLine(args, () => 42);

describe('the command line of chaos', () => {
  it('has defaults, and a new seed', () => {
    expect(read()).toEqual({ orders: 500, faults: 20, seed: 42, dryRun: false, keep: false });
  });

  it('takes what it is given', () => {
    expect(read('--orders', '5000', '--faults', '60', '--seed', '7', '--dry-run', '--keep')).toEqual({
      orders: 5000,
      faults: 60,
      seed: 7,
      dryRun: true,
      keep: true,
    });
  });

  it.each([[['--orders', 'many']], [['--faults', '-1']], [['--seed', '1.5']], [['--sed', '1']], [['extra']]])(
    'refuses %j and shows how it is used',
    (args) => {
      expect(() => read(...args)).toThrow(UsageError);
      expect(() => read(...args)).toThrow(/npm run chaos/);
    },
  );
});

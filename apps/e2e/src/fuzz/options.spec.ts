import { UsageError } from '@dozen/backing';
import { commandOf, readCommandLine, readReplay, type Replay, showReplay } from './options.js';

const newSeed = (): number => 42;

describe('the command line of the fuzz', () => {
  it('takes a new seed, both kinds and 5000 cases unless told otherwise', () => {
    expect(readCommandLine([], newSeed)).toEqual({
      cases: 5_000,
      seed: 42,
      kinds: ['http', 'kafka'],
      replay: undefined,
      failFast: false,
      keep: false,
    });
  });

  it.each<Replay>([
    { kind: 'http', from: 17, to: 17, path: undefined },
    { kind: 'http', from: 17, to: 17, path: '0:2:1' },
    { kind: 'kafka', from: 40, to: 79, path: undefined },
  ])('reads the case that a finding names: $kind $from $path', (replay) => {
    expect(readReplay(showReplay(replay))).toEqual(replay);
    const [, , , ...args] = commandOf(3, replay).split(' ');
    expect(readCommandLine(args.slice(1), newSeed)).toMatchObject({ seed: 3, replay });
  });

  it.each([
    [['--only', 'mail']],
    [['--cases', '1e3']],
    [['--replay', 'http:1']],
    [['--seed', '1', '--replay', 'kafka:9-3']],
    [['--seed', '1', '--replay', 'kafka:3-9:0:1']],
    [['--seed', '1', '--replay', 'mail:1']],
    [['--nothing']],
  ])('refuses %j', (args) => {
    expect(() => readCommandLine(args, newSeed)).toThrow(UsageError);
  });
});

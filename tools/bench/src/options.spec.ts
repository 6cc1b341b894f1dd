import { UsageError } from '@dozen/backing';
import { readCommandLine } from './options.js';

describe('the command line of the benchmarks', () => {
  it('runs what is named, each once and in a fixed order', () => {
    expect(readCommandLine(['writes', 'relay', 'writes']).benchmarks).toEqual(['relay', 'writes']);
    const all = ['relay', 'inbox', 'writes', 'latency', 'system', 'order', 'streams', 'start', 'telemetry'];
    expect(readCommandLine(['all']).benchmarks).toEqual(all);
  });

  it('takes the best of three and saves nothing unless told otherwise', () => {
    expect(readCommandLine(['relay'])).toMatchObject({ rounds: 3, scale: 1, save: false });
    expect(readCommandLine(['relay', '--rounds', '5', '--scale', '0.1', '--save'])).toMatchObject({
      rounds: 5,
      scale: 0.1,
      save: true,
    });
  });

  it('writes the document again without measuring', () => {
    expect(readCommandLine(['document'])).toMatchObject({ benchmarks: [], save: true });
  });

  it.each([[[]], [['speed']], [['relay', '--rounds', '1.5']], [['relay', '--scale', '0']], [['relay', '--fast']]])(
    'refuses %j',
    (args) => {
      expect(() => readCommandLine(args)).toThrow(UsageError);
    },
  );
});

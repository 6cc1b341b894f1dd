import { readOptions } from './options.js';

describe('readOptions', () => {
  it('without arguments keeps data, runs on and leaves the port open', () => {
    expect(readOptions([])).toEqual({ dir: expect.stringMatching(/\.dozen$/), fresh: false, once: false });
  });

  it('reads every flag', () => {
    expect(readOptions(['--once', '--fresh', '--port', '8080', '--dir', '/data'])).toEqual({
      ...{ dir: '/data', fresh: true, once: true, port: 8080 },
    });
  });

  it.each([['--port', '0'], ['--port', 'http'], ['--port', '65536'], ['--onec'], ['extra']])(
    'refuses %j %j and shows the usage',
    (...args) => {
      expect(() => readOptions(args)).toThrow(
        expect.objectContaining({ code: 'DEMO-USAGE', message: expect.stringContaining('--fresh') }),
      );
    },
  );
});

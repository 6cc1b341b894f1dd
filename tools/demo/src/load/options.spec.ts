import { readLoadOptions } from './options.js';

describe('the options of a load', () => {
  it('have sensible values of their own', () => {
    expect(readLoadOptions([])).toMatchObject({ rate: 10, mix: ['ok'], seconds: undefined });
  });

  it('are read', () => {
    const args = ['--rate', '50', '--mix', 'ok,ok,cancel', '--seconds', '5', '--url', 'http://x', '--dir', '/d'];
    expect(readLoadOptions(args)).toEqual({
      rate: 50,
      mix: ['ok', 'ok', 'cancel'],
      seconds: 5,
      url: 'http://x',
      tokenFile: '/d/token',
    });
  });

  it.each([['--rate', '0'], ['--rate', 'fast'], ['--mix', 'ok,free'], ['--seconds', '-1'], ['--what']])(
    'refuse %s %s with the usage',
    (...args) => {
      expect(() => readLoadOptions(args)).toThrow(expect.objectContaining({ code: 'DEMO-USAGE' }));
    },
  );
});

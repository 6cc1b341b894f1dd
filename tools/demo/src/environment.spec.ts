import { plainEnv } from './environment.js';

describe('plainEnv', () => {
  it('hands on what a process needs to run and nothing of what the launcher was told', () => {
    const env = plainEnv({
      PATH: '/bin',
      HOME: '/home',
      DATABASE_URL: 'postgres://x',
      AWS_SECRET: 's',
      NODE_OPTIONS: '-r x',
    });
    expect(env).toEqual({
      PATH: '/bin',
      HOME: '/home',
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: expect.stringContaining('.dozen'),
      NODE_OPTIONS: '--max-semi-space-size=8',
    });
  });
});

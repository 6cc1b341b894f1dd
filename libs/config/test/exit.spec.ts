import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** Runs the fixture in a process of its own, with no environment but this, and that it is a test's. */
function start(env: Record<string, string>): { status: number | null; stdout: string; stderr: string } {
  const args = ['--conditions=@dozen/source', '--import', path('source-hooks.mjs'), path('starting.ts')];
  return spawnSync(process.execPath, args, { env: { NODE_ENV: 'test', ...env }, encoding: 'utf8' });
}

describe('a process that reads its config', () => {
  it('with an empty environment lists every missing variable on stderr and exits with 78', () => {
    const { status, stdout, stderr } = start({});
    expect(stderr.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  ').trim())).toEqual([
      'fixture: 2 mistakes in the environment',
      '',
      'VARIABLE  PROBLEM  EXPECTED',
      'DATABASE_URL  is missing  Database (URL postgres://)',
      'KAFKA_URL  is missing  Broker (URL kafka:// or kafkas://)',
      '',
    ]);
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
  });

  it('goes on when the environment is right', () => {
    const env = { DATABASE_URL: 'postgres://db/x', KAFKA_URL: 'kafka://a:9092,b:9092', PORT: '8080' };
    expect(start(env)).toMatchObject({ status: 0, stdout: 'port 8080\n', stderr: '' });
  });
});

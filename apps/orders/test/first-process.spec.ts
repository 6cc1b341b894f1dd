import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** util-linux; a machine may allow it to root alone, to everybody with a user namespace, or to nobody. */
const UNSHARE = [[], ['--user', '--map-root-user']]
  .map((user) => [...user, '--pid', '--fork', '--kill-child=KILL'])
  .find((args) => spawnSync('unshare', [...args, 'true']).status === 0);

/**
 * Says when the first thing that Node was given to load has run: before that no code of ours can hear a signal. At 0 ms the
 * modules of the service are still to be loaded.
 */
const AWAKE = `data:text/javascript,${encodeURIComponent("process.stderr.write('awake\\n');")}`;
const MOMENTS_MS = [0, 50, 150, 400, 700, 1000, 1500];
/** A signal that is lost leaves the process as it is; one that is heard ends it in a second or two, on a busy machine too. */
const END_WITHIN_MS = 10_000;

interface Ended {
  readonly code: number | null | 'it goes on';
  readonly said: string;
}

/** The built service, as the first process of a PID namespace, without backing services. */
async function signalled(signal: NodeJS.Signals, afterMs: number, command: readonly string[] = []): Promise<Ended> {
  const unshared = spawn(
    'unshare',
    [
      ...(UNSHARE ?? []),
      process.execPath,
      `--env-file=${join(import.meta.dirname, '../.env.example')}`,
      ...['--import', '@dozen/service/register', '--import', AWAKE],
      join(import.meta.dirname, '../dist/main.js'),
      ...command,
    ],
    { cwd: import.meta.dirname, env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1' } },
  );
  const exit = once(unshared, 'exit') as Promise<[number | null]>;
  let said = '';
  unshared.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const lines = createInterface(unshared.stderr).on('line', (line) => (said += `${line}\n`));
  await Promise.race([once(lines, 'line'), exit]);
  const children = await readFile(`/proc/${unshared.pid}/task/${unshared.pid}/children`, 'utf8');
  await sleep(afterMs);
  process.kill(Number(children), signal);
  const late = new AbortController();
  const code = await Promise.race([
    exit.then(([status]) => status),
    sleep(END_WITHIN_MS, 'it goes on' as const, { signal: late.signal }),
  ]);
  late.abort();
  // It takes its child along.
  unshared.kill('SIGKILL');
  return { code, said };
}

const suite = UNSHARE === undefined ? describe.skip : describe;
suite(`the first process of a container${UNSHARE ? '' : ' (left out: unshare --pid is not allowed here)'}`, () => {
  it.each(MOMENTS_MS)('ends with 0 by a SIGTERM %i ms after its first line of code', async (afterMs) => {
    expect(await signalled('SIGTERM', afterMs)).toMatchObject({ code: 0 });
  });

  it('ends with 0 by a SIGINT, and says that nothing was taken', async () => {
    expect(await signalled('SIGINT', 0)).toEqual({ code: 0, said: 'awake\nSIGINT: nothing was taken yet\n' });
  });

  it.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('that is a command is cut short by a %s, and does not say that it is done: %i', async (signal, code) => {
    const { said, ...ended } = await signalled(signal, 0, ['migrate']);
    expect(ended).toEqual({ code });
    expect(said).toContain(`${signal}: the command is cut short`);
  });
});

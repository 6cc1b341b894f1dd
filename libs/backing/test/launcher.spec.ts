import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processExists, processTable } from '../src/process-table.js';

/** Each test starts and ends whole launchers, up to two one after the other, on a machine that runs other tests too. */
const TEST_MS = 120_000;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Listening {
  readonly postgres: string;
  readonly kafka: string;
  readonly pids: { readonly postgres: number; readonly kafka: number };
}

/** The built launcher as a process of its own, since these tests are about its end. */
describe('the launcher', () => {
  const dir = mkdtempSync(join(tmpdir(), 'launcher-'));
  const launchers: ChildProcess[] = [];
  afterAll(async () => {
    for (const launcher of launchers) await end(launcher, 'SIGTERM');
    rmSync(dir, { recursive: true });
  });

  async function launch(): Promise<{ launcher: ChildProcess; listening: Listening }> {
    const launcher = spawn(process.execPath, [MAIN, '--dir', dir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Processes of this machine, whatever the run's own servers are.
      env: { ...process.env, DOZEN_BACKING: 'embedded' },
    });
    launchers.push(launcher);
    let said = '';
    launcher.stderr.on('data', (chunk) => (said += String(chunk)));
    for await (const line of createInterface({ input: launcher.stdout })) {
      return { launcher, listening: JSON.parse(line) as Listening };
    }
    throw new Error(`the launcher did not start: ${said}`);
  }

  async function end(launcher: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    if (launcher.exitCode === null && launcher.signalCode === null) {
      launcher.kill(signal);
      await once(launcher, 'exit');
    }
    return launcher.exitCode;
  }

  /** A zombie that nobody has collected yet has no arguments. */
  async function running(pid: number): Promise<boolean> {
    return (await processTable()).some((entry) => entry.pid === pid && entry.args.length > 0);
  }

  it(
    'ends both servers on SIGTERM and exits with 0',
    async () => {
      const { launcher, listening } = await launch();
      expect(await end(launcher, 'SIGTERM')).toBe(0);
      expect(await running(listening.pids.postgres)).toBe(false);
      expect(await running(listening.pids.kafka)).toBe(false);
    },
    TEST_MS,
  );

  it(
    'killed with SIGKILL, leaves servers that the next start replaces at the same addresses',
    async () => {
      const killed = await launch();
      await end(killed.launcher, 'SIGKILL');
      expect(processExists(killed.listening.pids.kafka)).toBe(true);
      expect(processExists(killed.listening.pids.postgres)).toBe(true);

      const next = await launch();
      expect(next.listening).toMatchObject({ postgres: killed.listening.postgres, kafka: killed.listening.kafka });
      expect(await running(killed.listening.pids.kafka)).toBe(false);
      expect(await running(killed.listening.pids.postgres)).toBe(false);
      expect(await end(next.launcher, 'SIGINT')).toBe(0);
    },
    TEST_MS,
  );

  it(
    'killed together with PostgreSQL while a backend is frozen, starts again',
    async () => {
      const { launcher, listening } = await launch();
      const backend = (await processTable()).find((entry) => entry.parent === listening.pids.postgres);
      if (backend === undefined) throw new Error('PostgreSQL has no children');
      process.kill(backend.pid, 'SIGSTOP');
      process.kill(listening.pids.postgres, 'SIGKILL');
      await end(launcher, 'SIGKILL');
      const next = await launch();
      expect(await end(next.launcher, 'SIGTERM')).toBe(0);
    },
    TEST_MS,
  );

  it(
    'reports a server that dies, ends the other and exits with 1',
    async () => {
      const { launcher, listening } = await launch();
      const exit = once(launcher, 'exit');
      process.kill(listening.pids.kafka, 'SIGKILL');
      expect(await exit).toEqual([1, null]);
      expect(await running(listening.pids.postgres)).toBe(false);
    },
    TEST_MS,
  );
});

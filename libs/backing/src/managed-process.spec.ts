import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExitGuard } from './exit-guard.js';
import { describeExit, ManagedProcess, type ProcessExit, type ProcessSpec } from './managed-process.js';
import { clearLeftovers, hasArgument, processExists, processTable } from './process-table.js';

const STUBBORN = "process.on('SIGTERM', () => undefined); console.log('up'); setInterval(() => undefined, 1000)";
const POLITE = "process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => undefined, 1000)";

describe('ManagedProcess', () => {
  let dir: string;
  const started: ManagedProcess[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'process-'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((child) => child.kill('SIGKILL')));
    rmSync(dir, { recursive: true });
  });

  function child(script: string, more: Partial<ProcessSpec> = {}): ManagedProcess {
    const base = { name: 'child', command: process.execPath, args: ['-e', script], env: {}, logFile: join(dir, 'log') };
    const made = new ManagedProcess({ ...base, ...more }, new ExitGuard());
    started.push(made);
    return made;
  }

  async function up(process: ManagedProcess): Promise<void> {
    process.start();
    while (!process.lastLines().includes('up')) await sleep(10);
  }

  it('asks it to end and reports no death', async () => {
    const deaths: ProcessExit[] = [];
    const polite = child(POLITE, { onDeath: (exit) => deaths.push(exit) });
    await up(polite);
    expect(await polite.stop()).toEqual({ killed: false });
    expect(polite.exit).toEqual({ code: 0, signal: null });
    expect(deaths).toEqual([]);
  });

  it('kills it after the deadline', async () => {
    const stubborn = child(STUBBORN, { stopDeadlineMs: 100 });
    await up(stubborn);
    expect(await stubborn.stop()).toEqual({ killed: true });
    expect(stubborn.exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('ends a frozen process in order', async () => {
    const polite = child(POLITE);
    await up(polite);
    await polite.kill('SIGSTOP');
    expect(await polite.stop()).toEqual({ killed: false });
  });

  it('reports an end that nobody asked for, with what it wrote since this start', async () => {
    const death = Promise.withResolvers<ProcessExit>();
    const failing = child("console.log('first'); process.exit(3)", { onDeath: death.resolve });
    failing.start();
    expect(await death.promise).toEqual({ code: 3, signal: null });
    failing.start({ args: ['-e', "console.log('second')"] });
    await failing.waitExit();
    expect(failing.lastLines()).toEqual(['second']);
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('first\nsecond\n');
  });

  it('reports a command that does not exist as an end, in words', async () => {
    const missing = child('', { command: join(dir, 'missing') });
    missing.start();
    expect(describeExit(await missing.waitExit())).toMatch(/^could not be started: .*ENOENT/);
    expect(missing.running).toBe(false);
  });

  it('is in a process group of its own, so that Ctrl-C in the terminal passes it by', async () => {
    const polite = child(POLITE);
    await up(polite);
    const stat = readFileSync(`/proc/${polite.pid ?? 0}/stat`, 'utf8');
    expect(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])).toBe(polite.pid);
  });

  it('signals its children with it when told to', async () => {
    const parent = child(
      `const { spawn } = require('node:child_process');
       const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
       grandchild.once('spawn', () => console.log(grandchild.pid + '\\nup'));
       setInterval(() => undefined, 1000)`,
      { signalsTree: true },
    );
    await up(parent);
    const grandchild = Number(parent.lastLines()[0]);
    expect(processExists(grandchild)).toBe(true);
    await parent.kill('SIGKILL');
    const alive = async (): Promise<boolean> =>
      (await processTable()).some((entry) => entry.pid === grandchild && entry.args.length > 0);
    while (await alive()) await sleep(10);
    expect(await alive()).toBe(false);
  });
});

describe('clearLeftovers', () => {
  it('ends the processes that match, also one that ignores the signal, and no other', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'leftover-'));
    const run = async (marker: string): Promise<ManagedProcess> => {
      const args = ['-e', STUBBORN, marker];
      const logFile = join(dir, `${marker}.log`);
      const made = new ManagedProcess(
        { name: marker, command: process.execPath, args, env: {}, logFile },
        new ExitGuard(),
      );
      made.start();
      while (!made.lastLines().includes('up')) await sleep(10);
      return made;
    };
    const ours = await run(`ours-${process.pid}`);
    const other = await run(`other-${process.pid}`);
    const { pid } = ours;
    const found = await clearLeftovers({
      ours: (entry) => hasArgument(entry, `ours-${process.pid}`),
      signal: 'SIGTERM',
      deadlineMs: 100,
    });
    expect(found).toEqual([pid]);
    expect((await ours.waitExit()).signal).toBe('SIGKILL');
    expect(other.running).toBe(true);
    await other.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  });
});

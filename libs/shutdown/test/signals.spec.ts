import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

interface Outcome {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly log: readonly Record<string, unknown>[];
}

/** Runs the fixture in a process of its own and sends each signal when the log line before it has come. */
async function run(step: string, signals: readonly { after: string; signal: NodeJS.Signals }[]): Promise<Outcome> {
  const path = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      ...['--conditions=@dozen/source', '--import', path('source-hooks.mjs')],
      ...['--import', '@dozen/shutdown/register', path('draining.ts'), step],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const log: Record<string, unknown>[] = [];
  const waiting = [...signals];
  createInterface(child.stdout).on('line', (line) => {
    const entry = JSON.parse(line) as Record<string, unknown>;
    log.push(entry);
    if (entry['msg'] === waiting[0]?.after) child.kill(waiting.shift()?.signal);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => resolve({ code, killedBy, log }));
  });
}

const messages = (outcome: Outcome): unknown[] => outcome.log.map(({ msg }) => msg);

describe('a process that gets a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('drains on %s and exits with 0', async (signal) => {
    const outcome = await run('quick', [{ after: 'running', signal }]);
    expect(outcome.code).toBe(0);
    expect(messages(outcome)).toEqual([
      'running',
      'draining',
      'drain step done',
      'pool closed',
      'drain step done',
      'drained',
    ]);
  });

  it('ends at once, and says so, before it has said how it drains', async () => {
    const outcome = await run('never', [{ after: 'loaded', signal: 'SIGTERM' }]);
    // With an argument it is a command: what it was asked for is not done.
    expect(outcome).toMatchObject({ code: 143, killedBy: null });
    expect(messages(outcome)).toEqual(['loaded']);
  });

  it('exits with 1 at the deadline, naming the step that hangs, even with nothing else to do', async () => {
    const outcome = await run('hangs', [{ after: 'running', signal: 'SIGTERM' }]);
    expect(outcome.code).toBe(1);
    expect(outcome.log.at(-1)).toMatchObject({ hung: ['consumers/orders.events'], not_begun: ['pools/database'] });
  });

  it('exits with 1 after a step that fails, and closes its pools all the same', async () => {
    const outcome = await run('throws', [{ after: 'running', signal: 'SIGTERM' }]);
    expect(outcome.code).toBe(1);
    expect(messages(outcome)).toContain('pool closed');
  });

  it('is not killed by a second signal while it drains', async () => {
    const outcome = await run('slow', [
      { after: 'running', signal: 'SIGTERM' },
      { after: 'draining', signal: 'SIGINT' },
      { after: 'SIGINT again: already draining', signal: 'SIGTERM' },
    ]);
    expect(outcome.killedBy).toBeNull();
    expect(outcome.code).toBe(0);
    expect(messages(outcome)).toContain('SIGTERM again: already draining');
  });
});

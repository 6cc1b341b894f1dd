import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OVERLAY } from './overlay.js';

const run = promisify(execFile);

const CHECKS = [
  ['check', 'config', 'prometheus.yml'],
  ['test', 'rules', 'rules.test.yml'],
] as const;

/** What Prometheus' own tool has against the rules; undefined when it is not installed. */
export async function promtoolFaults(root: string): Promise<string[] | undefined> {
  try {
    await run('promtool', ['--version']);
  } catch {
    // Not there: whoever asks says so.
    return undefined;
  }
  const faults = CHECKS.map(async (args) => {
    try {
      await run('promtool', args, { cwd: join(root, OVERLAY, 'prometheus') });
      return [];
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return [`promtool ${args.join(' ')}:\n${stdout}${stderr}`];
    }
  });
  return (await Promise.all(faults)).flat();
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repository } from '../running.js';

const run = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;

/** What `docker …` prints; rejects with what it says on stderr. `input` is its stdin. */
export async function docker(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<string> {
  const options = { cwd: repository, env: { ...process.env, ...env }, maxBuffer: MOST_BYTES };
  const running = run('docker', [...args], options);
  running.child.stdin?.end(input);
  return (await running).stdout.trim();
}

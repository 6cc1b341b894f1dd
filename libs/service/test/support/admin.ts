import type { Environment } from '@dozen/config';
import { runCommand } from '../../src/admin/program.js';
import type { pingService } from '../pings.js';

/** Runs an admin process with --json: its exit status, and what it printed. */
export async function admin<T>(
  service: ReturnType<typeof pingService>,
  env: Environment,
  args: readonly string[],
): Promise<{ readonly status: number; readonly out: T }> {
  const write = process.stdout.write.bind(process.stdout);
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += chunk.toString();
    return true;
  };
  try {
    const status = await runCommand(service, [...args, '--json'], env);
    return { status, out: JSON.parse(text) as T };
  } finally {
    process.stdout.write = write;
  }
}

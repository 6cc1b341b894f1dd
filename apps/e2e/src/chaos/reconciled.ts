import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { entryPoint, type System } from '@dozen/demo';

const COMMAND_MS = 60_000;

/** billing's own comparison of its ledger with the provider. One sentence per difference, or why there is no answer. */
export async function reconciled(system: System): Promise<string[]> {
  const command = promisify(execFile)(process.execPath, [entryPoint('apps', 'billing'), 'reconciliation', '--json'], {
    env: system.environmentOf('billing'),
    timeout: COMMAND_MS,
  });
  // Exit status 1 is an answer, too.
  const { stdout, stderr } = await command.catch((error: unknown) => error as { stdout?: string; stderr?: string });
  try {
    const { differences } = JSON.parse(stdout ?? '') as { differences: readonly unknown[] };
    return differences.map((difference) => `ledger and provider differ: ${JSON.stringify(difference)}`);
  } catch {
    return [`billing reconciliation gave no answer: ${stdout ?? ''} ${stderr ?? ''}`];
  }
}

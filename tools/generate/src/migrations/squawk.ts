import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What Squawk found in some SQL. */
export interface Finding {
  readonly rule: string;
  /** From 0. */
  readonly line: number;
  readonly message: string;
}

const report = z.array(z.object({ rule_name: z.string(), line: z.int(), message: z.string() }));
const squawk = fileURLToPath(import.meta.resolve('squawk-cli/js/bin/squawk'));
/** As embedded for demo and tests. */
const POSTGRES = '18';

/** Every finding of Squawk, the linter for PostgreSQL migrations. Throws with what it says when it does not run. */
export function squawkFindings(sql: string, { transaction }: { transaction: boolean }): Finding[] {
  const args = ['--pg-version', POSTGRES, '--reporter', 'json', ...(transaction ? ['--assume-in-transaction'] : [])];
  return findingsIn(spawnSync(process.execPath, [squawk, ...args], { input: sql, encoding: 'utf8' }));
}

type Run = Pick<SpawnSyncReturns<string>, 'stdout' | 'stderr' | 'status' | 'error'>;

/** A linter that did not run must not pass for one that found nothing. */
export function findingsIn({ stdout, stderr, error, status }: Run): Finding[] {
  // 1: it ran, and found something.
  if (error !== undefined || (status !== 0 && status !== 1) || stdout === '') {
    throw new Error(`Squawk did not run (${String(status)}): ${error?.message ?? stderr}`);
  }
  return report.parse(JSON.parse(stdout)).map(({ rule_name: rule, line, message }) => ({ rule, line, message }));
}

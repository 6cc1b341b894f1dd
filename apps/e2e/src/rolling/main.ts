import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosen, runCommandLine } from '@dozen/backing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { checksOf, reportOf } from './report.js';
import { runRolling } from './run-rolling.js';

const USAGE = `npm run test:rolling -- [SERVICE…]
  restarts every process of these services (without one, of all) under load, and prints which promises held`;
const SHOWN = 10;

await runCommandLine(USAGE, async ({ args, signal, say, progress }) => {
  const services = chosen('service', args, SERVICE_NAMES);
  const dir = await mkdtemp(join(tmpdir(), 'dozen-rolling-'));
  progress(`logs in ${dir}`);
  const result = await runRolling({ dir, services, signal, log: progress });
  const checks = checksOf(result);
  const failed = checks.filter(({ faults }) => faults.length > 0);
  say(reportOf(result));
  for (const { name, faults } of checks) {
    say(`${faults.length === 0 ? 'passed' : 'FAILED'}  ${name}`);
    for (const fault of faults.slice(0, SHOWN)) say(`        ${fault}`);
    if (faults.length > SHOWN) say(`        … and ${faults.length - SHOWN} more`);
  }
  say(`${checks.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length === 0) await rm(dir, { recursive: true, force: true });
  return failed.length === 0;
});

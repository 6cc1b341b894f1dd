/**
 * `npm run test:rolling`: restarts of every process under load. Arguments are services to restart; all by default. Prints
 * one table; exit code 1 when a promise broke.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '@dozen/backing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { checksOf, reportOf } from './report.js';
import { runRolling } from './run-rolling.js';

const SHOWN = 10;

const signal = interruption();

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const log = (line: string): void => void process.stderr.write(`${line}\n`);

const dir = await mkdtemp(join(tmpdir(), 'dozen-rolling-'));
log(`logs in ${dir}`);
const wanted = new Set(process.argv.slice(2));
const services = SERVICE_NAMES.filter((name) => wanted.size === 0 || wanted.has(name));
const result = await runRolling({ dir, services, signal, log });
const checks = checksOf(result);
const failed = checks.filter(({ faults }) => faults.length > 0);
say(reportOf(result));
for (const { name, faults } of checks) {
  say(`${faults.length === 0 ? 'passed' : 'FAILED'}  ${name}`);
  for (const fault of faults.slice(0, SHOWN)) say(`        ${fault}`);
  if (faults.length > SHOWN) say(`        … and ${faults.length - SHOWN} more`);
}
say(`${checks.length - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0) process.exitCode = 1;
else await rm(dir, { recursive: true, force: true });

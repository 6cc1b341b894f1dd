/** The steps of `npm test`, on Node 24 with everything installed. Its exit code is 0 only if every step passed. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { childEnv, root } from '../../bootstrap/bootstrap.mjs';
import { startBacking } from './backing.mjs';
import { lastingLeftovers, Processes } from './processes.mjs';
import { budgetTable, countLines, stepLines } from './report.mjs';
import { oneTest, testCounts } from './results.mjs';
import { schedule } from './schedule.mjs';
import { stepsIn } from './steps.mjs';

const { values } = parseArgs({
  options: { 'installed-ms': { type: 'string', default: '0' }, only: { type: 'string' } },
});
const installedMs = Number(values['installed-ms']);
const began = performance.now() - installedMs;
const run = randomBytes(4).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'dozen-verify-'));
const processes = new Processes();
const env = { ...childEnv(process.execPath), DOZEN_TEST_RUN: run };
const outcomes = [{ name: 'install', group: 'install and jars', ok: true, at: began, ms: installedMs }];
let interrupted;
let backing;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (interrupted === undefined) process.stdout.write(`${signal}: stopping what runs\n`);
    interrupted ??= signal;
    void processes.stopAll();
  });
}

function finish(outcome) {
  const done = { ...outcome, at: performance.now() - outcome.ms };
  outcomes.push(done);
  process.stdout.write(`${stepLines(done)}\n`);
  return done.ok;
}

/** Started by the first step that needs it; every such step waits for the same start. */
function withBacking() {
  const start = async () => {
    const since = performance.now();
    const outcome = { name: 'backing', group: 'install and jars' };
    try {
      const started = await startBacking(processes, { cwd: root, env, folder });
      finish({ ...outcome, ok: true, ms: performance.now() - since, note: 'PostgreSQL and Kafka', output: '' });
      return started;
    } catch (error) {
      finish({ ...outcome, ok: false, ms: performance.now() - since, note: 'did not start', output: error.message });
      return undefined;
    }
  };
  return (backing ??= start());
}

async function perform(step) {
  const servers = step.backing ? await withBacking() : undefined;
  if (step.backing && servers === undefined) {
    skipped(step);
    return false;
  }
  const since = performance.now();
  const urls = servers && { DOZEN_TEST_POSTGRES_URL: servers.postgres, DOZEN_TEST_KAFKA_URL: servers.kafka };
  const { child, ended } = processes.start(step.args, { cwd: root, env: { ...env, ...urls }, quiet: step.quiet });
  let [output, result] = ['', ''];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (stream === child.stdout) result += text;
    });
  }
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    void processes.stop(child);
  }, step.deadlineS * 1000);
  const { code, error } = await ended;
  clearTimeout(deadline);
  const ok = code === 0 && !late;
  const counts = step.whole ? oneTest(ok) : step.results && testCounts(step.results);
  const notes = [
    ...(counts ? [`${counts.passed} passed, ${counts.failed} failed`] : []),
    ...(late ? [`hung: ended after ${step.deadlineS} s`] : []),
    ...(error ? [error.message] : []),
    ...(code !== 0 && servers?.said() ? [`backing services: ${servers.said()}`] : []),
  ];
  // Jest can end badly with no test to blame (a leak, a crash): that is one failure, too.
  if (!ok && counts && counts.failed === 0) counts.failed = 1;
  return finish({
    ...step,
    ok,
    counts,
    ms: performance.now() - since,
    output,
    ...(step.whole && { result }),
    note: notes.join('; '),
  });
}

function skipped(step) {
  const counts = (step.results || step.whole) && oneTest(false);
  finish({
    ...step,
    ok: false,
    counts,
    ms: 0,
    output: '',
    note: interrupted ? `not run: ${interrupted}` : 'skipped: what it needs failed',
  });
}

const only = values.only?.split(',');
const steps = stepsIn(folder).filter(
  ({ name, group }) => only === undefined || group === 'build' || only.includes(name),
);
try {
  await schedule(steps, {
    slots: Math.max(2, availableParallelism()),
    perform,
    skipped,
    stopped: () => interrupted !== undefined,
  });
} finally {
  await processes.stopAll();
}
const left = await lastingLeftovers('DOZEN_TEST_RUN', run);
for (const { pid } of left) process.kill(pid, 'SIGKILL');
finish({
  name: 'leftovers',
  group: 'none',
  ok: left.length === 0,
  ms: 0,
  note: left.length === 0 ? 'no process is left' : 'processes were left and killed',
  output: left.map(({ pid, command }) => `${pid} ${command}`).join('\n'),
});
rmSync(folder, { recursive: true, force: true });

process.stdout.write(`\n${budgetTable(outcomes, performance.now() - began)}\n\n${countLines(outcomes)}\n`);
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;

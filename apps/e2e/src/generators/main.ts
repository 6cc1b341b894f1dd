/**
 * `npm run test:generators`: generates a service into a copy of the workspace and takes it through all that the others go
 * through, unedited. Prints a line per step; exit code 1 when one fails.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '@dozen/backing';
import { messageOf } from '@dozen/kernel';
import { copyWithSources } from './copy.js';
import { checksOf, GENERATED, SERVICE } from './steps.js';
import { Workspace } from './workspace.js';

/** From the command that makes the service to its first handled event. */
const FIRST_EVENT_S = 300;

const signal = interruption();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const dir = await mkdtemp(join(tmpdir(), 'dozen-generators-'));
const demo = join(dir, 'demo');
const workspace = new Workspace(join(dir, 'workspace'), signal);
try {
  await step('a copy of the workspace', () => copyWithSources(workspace.dir));
  const began = Date.now();
  await step(`nx g @dozen/workspace:service ${SERVICE}`, () => workspace.generate('service', SERVICE));
  await step('npm start -- --once', () =>
    workspace.node(join('tools', 'bootstrap', 'start.mjs'), '--once', '--dir', demo),
  );
  await step('its first event is handled', async () => {
    const seconds = ((await firstEventAt()) - began) / 1000;
    if (seconds > FIRST_EVENT_S) throw new Error(`after ${seconds.toFixed(0)} s, where ${FIRST_EVENT_S} are promised`);
    return `${seconds.toFixed(1)} s after the command`;
  });
  for (const args of GENERATED)
    await step(`nx g @dozen/workspace:${args.join(' ')}`, () => workspace.generate(...args));
  for (const { name, run } of checksOf(workspace, demo)) await step(name, run);
  await rm(dir, { recursive: true, force: true });
} catch (error) {
  say(messageOf(error));
  say(`what was generated is in ${dir}`);
  process.exitCode = 1;
}

/** One line for a step, with its time and what it says itself. */
async function step(name: string, run: () => Promise<unknown>): Promise<void> {
  const since = performance.now();
  try {
    const said = await run();
    const note = typeof said === 'string' && !said.includes('\n') ? said : '';
    say(`✓ ${name}: ${((performance.now() - since) / 1000).toFixed(1)} s  ${note}`.trimEnd());
  } catch (error) {
    say(`✗ ${name}`);
    throw error;
  }
}

/** When the new service said that it handled something, in ms since 1970. */
async function firstEventAt(): Promise<number> {
  const log = await readFile(join(demo, 'logs', `${SERVICE}.log`), 'utf8');
  const line = log.split('\n').find((one) => one.includes(' opened"'));
  if (line === undefined) throw new Error(`${SERVICE} has handled nothing:\n${log}`);
  return Date.parse((JSON.parse(line) as { time: string }).time);
}

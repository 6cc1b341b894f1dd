import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SERVICE_NAMES } from '@dozen/manifest';
import { bareCommandsIn, type CommandLine, commandLinesIn, strangeLinesIn } from './command-lines.js';
import { knownCommands, type KnownCommand, wrongIn } from './known-commands.js';

const run = promisify(execFile);

const RUNBOOKS = 'docs/runbooks/';
const PAGES = ['README.md', 'docs/**/*.md', 'apps/*/README.md', 'examples/external-producer/*.md'];
/** What was decided then stays as it was said. */
const HISTORY = /^docs\/adr\//;

/** A command line of a page, with the service that it is tried with. */
export interface UsedLine extends CommandLine {
  readonly page: string;
}

/** Every command line of the runbooks. */
export async function runbookLines(root: string): Promise<UsedLine[]> {
  return (
    await Promise.all(
      globSync(`${RUNBOOKS}*.md`, { cwd: root })
        .sort()
        .map((page) => linesOf(root, page)),
    )
  ).flat();
}

/** What is wrong with the command lines of the documents, one sentence each: their form, commands, arguments, options. */
export async function commandFaults(root: string): Promise<string[]> {
  const pages = globSync(PAGES, { cwd: root })
    .filter((page) => !HISTORY.test(page))
    .sort();
  const known = new Map<string, KnownCommand[]>(
    await Promise.all(SERVICE_NAMES.map(async (name) => [name, await commandsOf(root, name)] as const)),
  );
  // A page about any service may name what all of them have.
  const common = commonOf([...known.values()]);
  const faults = pages.map(async (page) => {
    const text = await readFile(join(root, page), 'utf8');
    const strange = [...strangeLinesIn(text), ...(page.startsWith(RUNBOOKS) ? bareCommandsIn(text) : [])];
    const wrong = (await linesOf(root, page)).flatMap((line) => wrongIn(line, known.get(line.service) ?? common) ?? []);
    return [
      ...strange.map((piece) => `${page}: is not node apps/<service>/dist/main.js …: ${piece}`),
      ...wrong.map((fault) => `${page}: ${fault}`),
    ];
  });
  return (await Promise.all(faults)).flat();
}

async function linesOf(root: string, page: string): Promise<UsedLine[]> {
  return commandLinesIn(await readFile(join(root, page), 'utf8')).map((line) => ({ ...line, page }));
}

function commonOf([first = [], ...rest]: readonly (readonly KnownCommand[])[]): KnownCommand[] {
  return first.filter(({ name }) => rest.every((commands) => commands.some((command) => command.name === name)));
}

/** Asks the built service itself. */
async function commandsOf(root: string, service: string): Promise<KnownCommand[]> {
  const main = join(root, 'apps', service, 'dist', 'main.js');
  const { stdout } = await run(process.execPath, [main, 'commands'], { env: {}, timeout: 60_000 });
  return knownCommands.parse(JSON.parse(stdout));
}

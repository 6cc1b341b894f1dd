import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Has every command that services have in common, and one of its own that runbooks name. */
const SERVICE = 'billing';

/** `dead-letters list` of `node dist/main.js dead-letters list --all`: one word or two. */
export function commandsIn(text: string): string[] {
  const found = text.matchAll(/node dist\/main\.js ([a-z-]+)(?: ([a-z]+)\b)?/g);
  return [...found].map(([, group = '', command]) => (command === undefined ? group : `${group} ${command}`));
}

/** Commands in runbooks that the built service does not know, one sentence each. */
export async function commandFaults(root: string, pages: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')));
  const used = texts.flatMap((text, index) =>
    commandsIn(text).map((command) => ({ page: pages[index] ?? '', command })),
  );
  const known = new Set(await wordsOf(root, []));
  const groups = new Set(used.flatMap(({ command }) => (command.includes(' ') ? (command.split(' ')[0] ?? []) : [])));
  for (const group of [...groups].filter((name) => known.has(name))) {
    for (const command of await wordsOf(root, [group])) known.add(`${group} ${command}`);
  }
  return used.filter(({ command }) => !known.has(command)).map(({ page, command }) => `${page}: no command ${command}`);
}

/** What the help of a command lists below `Commands:`. */
async function wordsOf(root: string, group: readonly string[]): Promise<string[]> {
  const main = join(root, 'apps', SERVICE, 'dist', 'main.js');
  const { stdout } = await run(process.execPath, [main, ...group, '--help'], { timeout: 30_000 });
  const [, commands = ''] = stdout.split(/^Commands:$/m);
  return [...commands.matchAll(/^ {2}([a-z-]+)/gm)].map(([, word = '']) => word);
}

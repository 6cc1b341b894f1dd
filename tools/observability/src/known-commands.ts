import { z } from 'zod';
import type { CommandLine } from './command-lines.js';

/** What `node apps/<service>/dist/main.js commands` prints. */
export const knownCommands = z.array(
  z.object({ name: z.string(), arguments: z.array(z.string()), options: z.record(z.string(), z.boolean()) }),
);
export type KnownCommand = z.output<typeof knownCommands>[number];

/** Why a service with these commands would not take the line; undefined when it would. */
export function wrongIn({ text, words }: CommandLine, known: readonly KnownCommand[]): string | undefined {
  const command = known.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (command === undefined) return `no such command: ${text}`;
  const { name, options } = command;
  let args = 0;
  for (let at = name.split(' ').length; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const takesValue = Object.hasOwn(options, word) ? options[word] : undefined;
    if (!word.startsWith('--')) args += 1;
    else if (takesValue === undefined) return `${name} has no ${word}: ${text}`;
    else if (takesValue) at += 1;
  }
  return args === command.arguments.length ? undefined : `${name} takes ${command.arguments.length} arguments: ${text}`;
}

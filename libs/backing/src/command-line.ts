import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf } from '@dozen/kernel';
import { interruption } from './interruption.js';

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;

/** What was typed is no call of the command. Whoever runs it prints how it is called below the message. */
export class UsageError extends Error {}

/** What a command gets from whoever called it. */
interface Invocation {
  readonly args: readonly string[];
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
  /** A line of the result, on stdout. */
  readonly say: (line: string) => void;
  /** A line of progress, on stderr. */
  readonly progress: (line: string) => void;
}

/**
 * What a `main.ts` does. The exit code is 0 when `command` comes to true, 1 when it comes to false, fails or is interrupted,
 * 64 when it throws UsageError. A stack is printed for what nobody foresaw only.
 */
export async function runCommandLine(
  usage: string,
  command: (invocation: Invocation) => Promise<boolean>,
  signal: AbortSignal = interruption(),
): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const well = await command({ args: process.argv.slice(2), signal, say, progress });
    if (!well) process.exitCode = 1;
  } catch (error) {
    if (error instanceof UsageError) progress(`${error.message}\n${usage}`);
    else progress((!signal.aborted && error instanceof Error ? error.stack : undefined) ?? messageOf(error));
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1;
  }
}

/** `parseArgs` of Node. @throws UsageError where that finds something to blame. */
export function readArgs<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** The whole number that an option gives, or `otherwise` when it is not given. @throws UsageError */
export function wholeOption(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} ${text} is no whole number from 0 to 999999999.`);
  return Number(text);
}

/** What `given` names among `known`; all of it when nothing is given. @throws UsageError */
export function chosen<T extends string>(what: string, given: readonly string[], known: readonly T[]): readonly T[] {
  if (given.length === 0) return known;
  return given.map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new UsageError(`${what} ${name} is none of ${known.join(', ')}.`);
    return found;
  });
}

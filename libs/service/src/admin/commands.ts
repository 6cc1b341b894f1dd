import type { Command } from 'commander';

/** A command that can be typed, as `commands` prints it: the documents are checked against it. */
interface DescribedCommand {
  /** `dead-letters list` */
  readonly name: string;
  /** All of them must be given. */
  readonly arguments: readonly string[];
  /** `--by` → whether a value follows it. */
  readonly options: Readonly<Record<string, boolean>>;
}

/** Needs no environment. */
export function printCommands(program: Command): number {
  process.stdout.write(
    `${JSON.stringify(
      program.commands.flatMap((command) => describe(command, '')),
      null,
      2,
    )}\n`,
  );
  return 0;
}

function describe(command: Command, group: string): DescribedCommand[] {
  const name = `${group} ${command.name()}`.trimStart();
  if (command.commands.length > 0) return command.commands.flatMap((inner) => describe(inner, name));
  return [
    {
      name,
      arguments: command.registeredArguments.map((argument) => argument.name()),
      options: Object.fromEntries(
        command.options.map(({ long, flags, required, optional }) => [long ?? flags, required || optional]),
      ),
    },
  ];
}

import type { Command } from 'commander';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import { print } from './answer.js';
import { contextOf, type Session } from './session.js';

/** The admin processes that the service itself brings along. */
export function addOwn<C extends ServiceConfig>(
  program: Command,
  { commands }: ServiceDefinition<C>,
  run: (action: (session: Session<C>) => Promise<number>) => Promise<void>,
): void {
  for (const { name, description, run: work } of commands) {
    const words = name.split(' ');
    const last = words.pop() ?? name;
    const parent = words.reduce(childOf, program);
    parent
      .command(last)
      .description(description)
      .option('--json', 'as JSON, for programs')
      .action((options: { json?: boolean }) =>
        run((session) => print(options.json === true, () => work(contextOf(session)))),
      );
  }
}

function childOf(parent: Command, name: string): Command {
  return parent.commands.find((command) => command.name() === name) ?? parent.command(name);
}

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import { print } from './answer.js';
import { contextOf, type CommandContext } from './command-context.js';

/** The admin processes that the service itself brings along. */
export function addOwn<C extends ServiceConfig>(
  program: Command,
  { commands }: ServiceDefinition<C>,
  run: (action: (context: CommandContext<C>) => Promise<number>) => Promise<void>,
): void {
  for (const command of commands) {
    const words = command.name.split(' ');
    const last = words.pop() ?? command.name;
    const parent = words.reduce(childOf, program);
    const added = parent.command(last).description(command.description).option('--json', 'as JSON, for programs');
    const texts = Object.entries(command.arguments ?? {});
    for (const [name, schema] of texts) added.argument(`<${name}>`, schema.description, parserOf(schema));
    for (const [name, schema] of Object.entries(command.options ?? {})) {
      const option = new Option(`--${name} <text>`, schema.description).argParser(parserOf(schema));
      added.addOption(option.makeOptionMandatory());
    }
    added.action(() => {
      const { json, ...options } = added.opts<{ json?: boolean }>();
      const values = Object.fromEntries(texts.map(([name], index) => [name, added.processedArgs[index] as unknown]));
      return run((context) => print(json === true, () => command.run(contextOf(context), { ...values, ...options })));
    });
  }
}

function childOf(parent: Command, name: string): Command {
  return parent.commands.find((command) => command.name() === name) ?? parent.command(name);
}

function parserOf(schema: z.ZodType<unknown, string>): (text: string) => unknown {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join('; '));
  };
}

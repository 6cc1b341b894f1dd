import { type Environment, EXIT_CONFIG } from '@dozen/config';
import { Command, CommanderError } from 'commander';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import { type CommandContext, withCommandContext } from './command-context.js';
import { printCommands } from './commands.js';
import { configCheck, configDescribe, configPrint } from './config.js';
import { addDeadLetters } from './dead-letters/command.js';
import { migrate } from './migrate.js';
import { addOffsets } from './offsets.js';
import { addOutbox } from './outbox.js';
import { addOwn } from './own.js';
import { seed } from './seed.js';

/** The admin processes (twelve-factor XII) of a service. Returns the exit status: 0, 1 for a failure, 64 for bad usage. */
export async function runCommand<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  args: readonly string[],
  env: Environment = process.env,
): Promise<number> {
  const outcome = { status: 0 };
  const running = { command: '' };
  const does = (action: () => Promise<number> | number) => async (): Promise<void> => {
    outcome.status = await action();
  };
  const program = new Command(definition.name)
    .description(`The ${definition.name} service. Without a command it runs.`)
    .exitOverride()
    .hook('preAction', (_program, command) => void (running.command = wordsOf(command)));

  addPreparation<C>(program, (action) => does(() => withCommandContext(definition, env, action, running)));
  addConfig<C>(program, (print) => does(() => print(definition, env)));
  program
    .command('commands')
    .description('every command, its arguments and options, as JSON')
    .action(does(() => printCommands(program)));
  const answer = (action: (context: CommandContext<C>) => Promise<number>) =>
    does(() => withCommandContext(definition, env, action, { ...running, answers: true }))();
  addDeadLetters(program, answer);
  addOutbox(program, answer);
  addOffsets(program, answer);
  addOwn(program, definition, answer);

  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    return usageStatus(error);
  }
  return outcome.status;
}

function addPreparation<C extends ServiceConfig>(
  program: Command,
  does: (action: (context: CommandContext<C>) => Promise<number>) => () => Promise<void>,
): void {
  program.command('migrate').description('create what is missing: topics, tables, job queues').action(does(migrate));
  program.command('seed').description('put in the data that a new deploy needs; can be repeated').action(does(seed));
}

/** Of the environment alone: they need no backing service. */
function addConfig<C extends ServiceConfig>(
  program: Command,
  does: (print: (definition: ServiceDefinition<C>, env: Environment) => number) => () => Promise<void>,
): void {
  const config = program.command('config').description('what the environment says');
  config.command('print').description('values in force, secrets hidden').action(does(configPrint));
  config
    .command('check')
    .description(`every mistake at once; exits ${EXIT_CONFIG} if there is one`)
    .action(does(configCheck));
  config.command('describe').description('the schema as JSON').action(does(configDescribe));
}

/** `dead-letters list`: without the program's own name. */
function wordsOf(command: Command): string {
  return command.parent === null ? '' : `${wordsOf(command.parent)} ${command.name()}`.trimStart();
}

/** commander has printed help or what is wrong already. 64 is EX_USAGE of BSD sysexits.h. */
function usageStatus(error: unknown): number {
  if (!(error instanceof CommanderError)) {
    throw error;
  }
  return error.exitCode === 0 ? 0 : 64;
}

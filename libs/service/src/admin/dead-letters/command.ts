import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { ServiceConfig } from '../../define-service.js';
import { print } from '../answer.js';
import type { CommandContext } from '../command-context.js';
import { discard, fix, replay } from './decide.js';
import { list } from './list.js';
import { show } from './show.js';
import { parseSubject, type Subject } from './subject.js';

interface Printed {
  readonly json?: boolean;
}

interface Noted extends Printed {
  readonly by: string;
  readonly why: string;
}

/** `dead-letters list|show|fix|replay|discard`. */
export function addDeadLetters<C extends ServiceConfig>(
  program: Command,
  run: (action: (context: CommandContext<C>) => Promise<number>) => Promise<void>,
): void {
  const group = program.command('dead-letters').description('messages and jobs that wait for an operator');

  add('list', 'what waits, without content')
    .option('--all', 'also messages that are tried again or wait by themselves')
    .action((options: Printed & { all?: boolean }) =>
      run(({ backing }) => print(options.json === true, () => list(backing.dataSource, { all: options.all === true }))),
    );
  addAbout('show', 'all about one, with its content').action((subject: Subject, options: Printed) =>
    run(({ backing }) => print(options.json === true, () => show(backing.dataSource, subject))),
  );
  noted(addAbout('fix', 'store a second payload for a message; the original stays'))
    .option('--payload <file>', 'JSON by the contract of the message; "-" is stdin', '-')
    .action((subject: Subject, options: Noted & { payload: string }) =>
      run((context) =>
        print(options.json === true, async () => fix(context, subject, await readPayload(options.payload), options)),
      ),
    );
  addAbout('replay', 'handle a message now, send a refused one again, queue a job again').action(
    (subject: Subject, options: Printed) =>
      run((context) => print(options.json === true, () => replay(context, subject))),
  );
  noted(addAbout('discard', 'give one up for good; what waits behind it follows')).action(
    (subject: Subject, options: Noted) =>
      run(({ backing }) => print(options.json === true, () => discard(backing.dataSource, subject, options))),
  );

  function add(name: string, description: string): Command {
    return group.command(name).description(description).option('--json', 'as JSON, for programs');
  }

  function addAbout(name: string, description: string): Command {
    return add(name, description).argument('<id>', 'as `list` prints it', parseSubject);
  }
}

function noted(command: Command): Command {
  return command
    .addOption(new Option('--by <name>', 'who decides').makeOptionMandatory())
    .addOption(new Option('--why <reason>', 'why').makeOptionMandatory());
}

function readPayload(file: string): Promise<Buffer> {
  return file === '-' ? buffer(process.stdin) : readFile(file);
}

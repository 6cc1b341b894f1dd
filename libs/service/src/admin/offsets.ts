import { renderTable } from '@dozen/config';
import { type PartitionRange, stateOf } from '@dozen/messaging';
import { Argument, type Command } from 'commander';
import type { ServiceConfig } from '../define-service.js';
import { serviceError } from '../errors.js';
import { type Answer, print } from './answer.js';
import { answered, type CommandContext } from './command-context.js';

type Run<C extends ServiceConfig> = (action: (context: CommandContext<C>) => Promise<number>) => Promise<void>;

/** `offsets show`, `offsets set`: what to do about MSG-OFFSET-RANGE. */
export function addOffsets<C extends ServiceConfig>(program: Command, run: Run<C>): void {
  const offsets = program.command('offsets').description('where the consumer group stands in its topics');
  offsets
    .command('show')
    .description('next offset, ends of the log, and which partitions are not read (MSG-OFFSET-RANGE); exits 1 if any')
    .option('--json', 'as JSON, for programs')
    .action((options: { json?: boolean }) => run((context) => print(options.json === true, () => show(context))));
  offsets
    .command('set')
    .description('where to go on in one partition; every consumer of the service must be stopped')
    .argument('<topic>')
    .addArgument(new Argument('<partition>').argParser(Number))
    .argument('<to>', 'earliest, latest, or an offset')
    .option('--json', 'as JSON, for programs')
    .action((topic: string, partition: number, to: string, options: { json?: boolean }) =>
      run((context) => print(options.json === true, () => set(context, { topic, partition, to }))),
    );
}

function rangesOf<C extends ServiceConfig>({ definition, backing }: CommandContext<C>): Promise<PartitionRange[]> {
  const topics = definition.consumes.map(({ name }) => name);
  return answered('Kafka', backing.broker.ranges(definition.name, topics));
}

async function show<C extends ServiceConfig>(context: CommandContext<C>): Promise<Answer> {
  const json = (await rangesOf(context)).map((range) => ({ ...range, state: stateOf(range) }));
  const rows = json.map(({ topic, partition, committed, low, high, state }) => [
    topic,
    String(partition),
    committed ?? '',
    low,
    high,
    state,
  ]);
  const lost = json.some(({ state }) => state === 'below' || state === 'above');
  return {
    text: renderTable(['TOPIC', 'PARTITION', 'NEXT', 'LOW', 'HIGH', 'STATE'], rows),
    json,
    status: lost ? 1 : 0,
  };
}

/** @throws SERVICE-OFFSET for a place that is not there; MSG-GROUP-ACTIVE while consumers run */
async function set<C extends ServiceConfig>(
  context: CommandContext<C>,
  { topic, partition, to }: { topic: string; partition: number; to: string },
): Promise<Answer> {
  const range = (await rangesOf(context)).find((one) => one.topic === topic && one.partition === partition);
  if (range === undefined) throw serviceError('SERVICE-OFFSET', `the service reads no ${topic}/${partition}`);
  const offset = to === 'earliest' ? range.low : to === 'latest' ? range.high : to;
  if (!/^\d+$/.test(offset) || stateOf({ ...range, committed: offset }) !== 'inside') {
    throw serviceError('SERVICE-OFFSET', `${topic}/${partition} holds ${range.low} to ${range.high}, not ${to}`);
  }
  await answered('Kafka', context.backing.broker.setOffsets(context.definition.name, [{ topic, partition, offset }]));
  const json = { topic, partition, from: range.committed ?? null, to: offset };
  return { text: `${topic}/${partition}: ${range.committed ?? 'never committed'} → ${offset}`, json };
}

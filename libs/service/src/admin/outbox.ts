import { renderTable } from '@dozen/config';
import { outboxStatus } from '@dozen/messaging';
import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import type { ServiceConfig } from '../define-service.js';
import { type Answer, print } from './answer.js';
import type { CommandContext } from './command-context.js';

/** `outbox status`. */
export function addOutbox<C extends ServiceConfig>(
  program: Command,
  run: (action: (context: CommandContext<C>) => Promise<number>) => Promise<void>,
): void {
  program
    .command('outbox')
    .description('messages on their way to the broker')
    .command('status')
    .description('how many, how old, how many refused; in all and by shard')
    .option('--json', 'as JSON, for programs')
    .action((options: { json?: boolean }) =>
      run(({ backing }) => print(options.json === true, () => status(backing.dataSource))),
    );
}

async function status(dataSource: DataSource): Promise<Answer> {
  const json = await outboxStatus(dataSource);
  const row = (name: string, part: { depth: number; refused: number; oldestMs: number | null }): string[] => [
    name,
    String(part.depth),
    part.oldestMs === null ? '' : `${(part.oldestMs / 1000).toFixed(1)} s`,
    String(part.refused),
  ];
  const rows = [row('all', json), ...json.shards.map((shard) => row(String(shard.shard), shard))];
  return { text: renderTable(['SHARD', 'DEPTH', 'OLDEST', 'REFUSED'], rows), json };
}

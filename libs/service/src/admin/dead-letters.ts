import { renderTable } from '@dozen/config';
import { type FailedJob, failedJobs } from '@dozen/database';
import { listDeadLetters, listRefused } from '@dozen/messaging';
import type { ServiceConfig } from '../define-service.js';
import type { Session } from './session.js';

/**
 * Everything that waits for an operator: messages that could not be handled, messages that the broker refuses, jobs out of
 * attempts. Neither payloads nor job data are shown, since those may be personal.
 */
export async function listParked<C extends ServiceConfig>({ backing }: Session<C>, json: boolean): Promise<number> {
  const { dataSource } = backing;
  const parked = {
    messages: await listDeadLetters(dataSource),
    refused: await listRefused(dataSource),
    jobs: (await failedJobs(dataSource)).map(({ data: _personal, ...job }) => job),
  };
  process.stdout.write(`${json ? JSON.stringify(parked, null, 2) : asText(parked)}\n`);
  return 0;
}

interface Parked {
  readonly messages: Awaited<ReturnType<typeof listDeadLetters>>;
  readonly refused: Awaited<ReturnType<typeof listRefused>>;
  readonly jobs: readonly Omit<FailedJob, 'data'>[];
}

function asText({ messages, refused, jobs }: Parked): string {
  const rows = [
    ...messages.map((letter) => [
      'message',
      letter.id,
      `${letter.topic}/${letter.partition}@${letter.offset}`,
      letter.type ?? '(unknown)',
      letter.code,
      letter.reason,
      letter.parkedAt.toISOString(),
    ]),
    ...refused.map((row) => [
      'refused',
      row.seq,
      row.topic,
      row.key,
      'MSG-REFUSED',
      row.reason,
      row.refusedAt.toISOString(),
    ]),
    ...jobs.map((job) => ['job', job.id, job.queue, '', job.code ?? '', job.reason, job.failedAt.toISOString()]),
  ];
  return rows.length === 0
    ? 'no dead letters'
    : renderTable(['KIND', 'ID', 'WHERE', 'TYPE OR KEY', 'CODE', 'REASON', 'SINCE'], rows);
}

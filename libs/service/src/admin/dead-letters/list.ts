import { renderTable } from '@dozen/config';
import { type FailedJob, failedJobs } from '@dozen/database';
import { type DeadLetter, listDeadLetters, listRefused, type RefusedMessage } from '@dozen/messaging';
import type { DataSource } from 'typeorm';
import type { Answer } from '../answer.js';
import { nameOf } from './subject.js';

/**
 * Everything that waits for an operator: messages that could not be handled, messages that the broker refuses, jobs out
 * of attempts. `all`: also messages that are tried again or wait behind another by themselves. Neither payloads nor job
 * data are shown, since those may be personal.
 */
export async function list(dataSource: DataSource, { all }: { all: boolean }): Promise<Answer> {
  const messages = (await listDeadLetters(dataSource, { all })).map((letter) => ({
    ...letter,
    id: nameOf({ kind: 'message', id: letter.id }),
  }));
  const refused = (await listRefused(dataSource)).map((row) => ({
    id: nameOf({ kind: 'outbox', id: row.seq }),
    ...row,
  }));
  const jobs = (await failedJobs(dataSource)).map(({ data: _personal, ...job }) => ({
    ...job,
    id: nameOf({ kind: 'job', id: job.id }),
  }));
  const rows = [...messages.map(messageRow), ...refused.map(refusedRow), ...jobs.map(jobRow)];
  const text =
    rows.length === 0
      ? 'no dead letters'
      : renderTable(['ID', 'STATE', 'WHERE', 'TYPE OR KEY', 'CODE', 'REASON', 'TRIED', 'BEHIND', 'SINCE'], rows);
  return { text, json: { messages, refused, jobs } };
}

function messageRow(letter: DeadLetter): string[] {
  return [
    letter.id,
    letter.state,
    `${letter.topic}/${letter.partition}@${letter.offset}`,
    letter.type ?? '(unknown)',
    letter.code ?? '',
    letter.reason ?? '',
    String(letter.attempts),
    String(letter.waiting),
    letter.parkedAt.toISOString(),
  ];
}

function refusedRow({ id, topic, key, reason, refusedAt }: RefusedMessage & { id: string }): string[] {
  return [id, 'refused', topic, key, 'MSG-REFUSED', reason, '', '', refusedAt.toISOString()];
}

function jobRow({ id, queue, code, reason, attempts, failedAt }: Omit<FailedJob, 'data'>): string[] {
  return [id, 'failed', queue, '', code ?? '', reason, String(attempts), '', failedAt.toISOString()];
}

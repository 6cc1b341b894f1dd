import { setTimeout as sleep } from 'node:timers/promises';
import { discardFailedJob, failedJob, retryFailedJob } from '@dozen/database';
import {
  checkedNote,
  discardMessage,
  discardRefused,
  fixMessage,
  type OperatorNote,
  recordDecision,
  type RetryOutcome,
  replayMessage,
  resendRefused,
  sendingOf,
} from '@dozen/messaging';
import type { DataSource } from 'typeorm';
import type { ServiceConfig } from '../../define-service.js';
import { serviceError } from '../../errors.js';
import type { Answer } from '../answer.js';
import { withHandlers } from '../handlers.js';
import type { CommandContext } from '../command-context.js';
import { nameOf, type Subject } from './subject.js';

/** How long a replay waits for the relay to take a message, in ms, and how often it looks. */
const RELAY_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** Only messages have a contract that a second payload could be checked against. */
export async function fix<C extends ServiceConfig>(
  context: CommandContext<C>,
  subject: Subject,
  payload: Buffer,
  { by, why }: OperatorNote,
): Promise<Answer> {
  if (subject.kind !== 'message') {
    throw serviceError('SERVICE-NO-FIX', `${nameOf(subject)} cannot be fixed: replay or discard it`);
  }
  const { dataSource, clock } = context.backing;
  await withHandlers(context, (handlers) =>
    fixMessage({ dataSource, handlers, clock }, { id: subject.id, payload, by, why }),
  );
  const id = nameOf(subject);
  return { text: `${id} has a fix; \`dead-letters replay ${id}\` handles it`, json: { id, outcome: 'fixed' } };
}

/**
 * Replays what an operator has decided about. A message is handled here and now, from its row; a refused one goes back to the
 * relay, and a job to its queue. The status is 1 when it failed again, or nobody took it in time.
 */
export async function replay<C extends ServiceConfig>(context: CommandContext<C>, subject: Subject): Promise<Answer> {
  const id = nameOf(subject);
  switch (subject.kind) {
    case 'message':
      return replayed(id, await replayHere(context, subject.id));
    case 'outbox':
      return resent(context.backing.dataSource, subject.id);
    case 'job': {
      await context.backing.dataSource.transaction(async (manager) => {
        await retryFailedJob(manager, subject.id);
        await recordDecision(manager, { subject: id, decision: 'replay', facts: {} });
      });
      return { text: `${id} is queued for one more attempt`, json: { id, outcome: 'queued' } };
    }
  }
}

export async function discard(dataSource: DataSource, subject: Subject, given: OperatorNote): Promise<Answer> {
  const id = nameOf(subject);
  switch (subject.kind) {
    case 'message':
      await discardMessage(dataSource, { id: subject.id, ...given });
      break;
    case 'outbox':
      await discardRefused(dataSource, { seq: subject.id, ...given });
      break;
    case 'job': {
      const note = checkedNote(given);
      const { data: _personal, ...facts } = await failedJob(dataSource, subject.id);
      await dataSource.transaction(async (manager) => {
        await discardFailedJob(manager, subject.id);
        await recordDecision(manager, { subject: id, decision: 'discard', note, facts });
      });
    }
  }
  return { text: `${id} is discarded`, json: { id, outcome: 'discarded' } };
}

function replayHere<C extends ServiceConfig>(context: CommandContext<C>, id: string): Promise<RetryOutcome> {
  const { definition, logger, backing } = context;
  const { dataSource, outbox, clock } = backing;
  return withHandlers(context, (handlers) =>
    replayMessage({ consumer: definition.name, dataSource, outbox, handlers, clock, logger }, id),
  );
}

function replayed(id: string, outcome: RetryOutcome): Answer {
  switch (outcome.kind) {
    case 'handled':
      return { text: `${id} is handled; what waited behind it follows by itself`, json: { id, outcome: 'handled' } };
    case 'gone':
      return { text: `${id} was decided by somebody else`, json: { id, outcome: 'gone' }, status: 1 };
    case 'failed': {
      const { code, message: reason, details } = outcome.error;
      return {
        text: `${id} failed again: ${code}: ${reason}`,
        json: { id, outcome: 'failed', code, reason, details },
        status: 1,
      };
    }
    case 'interrupted':
      return {
        text: `${id}: the database failed; a running consumer tries it again`,
        json: { id, outcome: 'interrupted' },
        status: 1,
      };
  }
}

async function resent(dataSource: DataSource, seq: string): Promise<Answer> {
  const id = nameOf({ kind: 'outbox', id: seq });
  await resendRefused(dataSource, seq);
  const deadline = performance.now() + RELAY_WITHIN_MS;
  let outcome = await sendingOf(dataSource, seq);
  while (outcome === 'waiting' && performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS);
    outcome = await sendingOf(dataSource, seq);
  }
  const text = {
    sent: `${id} is sent`,
    refused: `${id} is refused again`,
    waiting: `${id} is not sent yet: no relay has taken it within ${RELAY_WITHIN_MS / 1000} s`,
  }[outcome];
  return { text, json: { id, outcome }, status: outcome === 'sent' ? 0 : 1 };
}

import {
  type OpenTransaction,
  type OutboxPort,
  type TransactionOptions,
  UnitOfWork,
  writeBatches,
} from '@dozen/database';
import type { Clock, Fix, MessageContext } from '@dozen/kernel';
import { inSpan, type Logger, spans, withLogFields } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import { messagingPolicy } from '../../policy.js';
import type { HandlerTimer } from './handler-timer.js';
import type { HandlerRegistry } from './handlers.js';
import type { Item, Work } from './record-reader.js';

/** How long a transaction that handles messages may take, and wait for rows that others hold. */
export const batchLimits: TransactionOptions = {
  deadlineMs: messagingPolicy.batchDeadlineMs,
  lockTimeoutMs: messagingPolicy.batchLockMs,
};

/** What it takes to handle a message, fresh from the broker or parked. */
export interface HandlingOptions {
  /** Name under which messages are claimed and parked. */
  readonly consumer: string;
  readonly dataSource: DataSource;
  readonly outbox: OutboxPort;
  readonly handlers: HandlerRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pauses before the attempts after the first, in ms. Default: the policy's. */
  readonly retryDelaysMs?: readonly number[];
}

/** An item whose turn it is, with its unit of work inside the transaction that hosts it. */
export interface Run {
  readonly item: Item;
  readonly work: Work;
  readonly unit: UnitOfWork;
}

export function newRun(item: Item, work: Work, host: { tx: OpenTransaction; fix?: Fix | undefined }): Run {
  const { tx, fix } = host;
  return { item, work, unit: new UnitOfWork({ manager: tx.manager, message: work.context, fix, signal: tx.signal }) };
}

/** Runs the handler in the trace of its message. */
export async function handle(run: Run, timer: HandlerTimer): Promise<void> {
  const { work, unit } = run;
  const { context, payload, handler } = work;
  await inSpan(spans.process, { ...about(context), parent: unit.trace }, () =>
    withLogFields({ order_id: context.subject, message_id: context.id }, () =>
      timer.time([run], () => handler.handle(payload, unit)),
    ),
  );
}

function about({ type, topic, partition, offset, id, subject }: MessageContext) {
  return {
    name: `process ${type}`,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': offset,
      'messaging.message.id': id,
      'dozen.message.type': type,
      'dozen.order.id': subject,
    },
  };
}

/** Writes what the runs published and commits. What an afterCommit hook throws is logged: it is committed all the same. */
export async function commit(
  runs: readonly Run[],
  tx: OpenTransaction,
  { outbox, logger }: Pick<HandlingOptions, 'outbox' | 'logger'>,
): Promise<void> {
  const outgoing = runs.flatMap(({ unit }) => unit.drain());
  await writeBatches(
    tx.manager,
    runs.flatMap(({ unit }) => unit.drainWrites()),
  );
  await tx.commit(outgoing.length > 0 ? outbox.statementOf(outgoing) : undefined);
  if (outgoing.length > 0) outbox.committed(outgoing);
  for (const hook of runs.flatMap(({ unit }) => unit.drainHooks())) {
    try {
      hook();
    } catch (error) {
      logger.error({ err: error }, 'an afterCommit hook failed');
    }
  }
}

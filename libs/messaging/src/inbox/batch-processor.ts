import {
  isAbortedTransaction,
  isInfrastructureError,
  openTransaction,
  type OpenTransaction,
  type OutboxPort,
  UnitOfWork,
  untilAborted,
} from '@dozen/database';
import { type Clock, DozenError, type MessageContext, messageOf } from '@dozen/kernel';
import { type Logger, runWithTrace, withLogFields } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { FetchedRecord } from '../broker/port.js';
import { decode } from '../cloudevents/decode.js';
import { messagingError } from '../errors.js';
import { messagingPolicy } from '../policy.js';
import type { HandlerRegistry, MessageHandler } from './handlers.js';
import { InboxStore, type ParkedRecord } from './store.js';

/** A record that passed the decoder, or was refused by it with an error. */
interface Item {
  readonly record: FetchedRecord;
  readonly id: string | undefined;
  /** The key whose order it keeps; undefined for commands, which are parked alone. */
  readonly orderKey: string | undefined;
  readonly work: Work | undefined;
  readonly error: DozenError | undefined;
}

interface Work {
  readonly context: MessageContext;
  readonly payload: unknown;
  readonly handler: MessageHandler;
}

/** An item whose turn it is in this attempt. */
interface Run {
  readonly item: Item;
  readonly work: Work;
  readonly unit: UnitOfWork;
}

export interface BatchProcessorOptions {
  /** Name under which messages are claimed and parked. */
  readonly consumer: string;
  readonly dataSource: DataSource;
  readonly outbox: OutboxPort;
  readonly handlers: HandlerRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Failure {
  readonly item: Item;
  readonly error: unknown;
}

/**
 * Handles the records of one partition in one transaction, effects exactly once.
 *
 * BEGIN → claim ids (known ones are dropped) → see which keys are held → take the declared locks → run the handlers,
 * keys side by side on the one connection, a key's messages one after another → park, write the outbox → COMMIT.
 * A crash before COMMIT leaves nothing; a crash after it leaves claims, and the repeat does nothing.
 *
 * A message failure rolls the batch back and runs it again without the failed message, which is parked in the same
 * transaction as the others are handled. An infrastructure error rolls back and is thrown: nothing is parked for it.
 */
export class BatchProcessor {
  readonly #options: BatchProcessorOptions;

  constructor(options: BatchProcessorOptions) {
    this.#options = options;
  }

  /** Returns when every record is handled, parked or known. Throws infrastructure errors alone. */
  async process(records: readonly FetchedRecord[]): Promise<void> {
    const items = this.#decode(records);
    if (items.length === 0) return;
    const failed = new Map<Item, DozenError>();
    for (;;) {
      const failures = await this.#attempt(items, failed);
      if (failures.length === 0) return;
      const before = failed.size;
      for (const { item, error } of messageFailures(failures)) failed.set(item, toDozenError(error));
      if (failed.size === before) throw failures[0]?.error;
    }
  }

  /** One transaction; returns what failed after a rollback, or nothing after the commit. */
  async #attempt(items: readonly Item[], failed: ReadonlyMap<Item, DozenError>): Promise<Failure[]> {
    const { consumer, dataSource, outbox } = this.#options;
    const tx = await openTransaction(dataSource, { deadlineMs: messagingPolicy.batchDeadlineMs });
    try {
      const store = new InboxStore(tx.manager, consumer);
      const claimed = await store.claim(items.flatMap(({ id }) => id ?? []));
      const fresh = items.filter(({ id }) => id === undefined || claimed.has(id));
      const held = await store.heldKeys([...new Set(fresh.flatMap(({ orderKey }) => orderKey ?? []))]);
      const { parked, runs } = this.#sort(fresh, failed, held, tx);
      await store.lock(runs.flatMap(({ work }) => work.handler.locks?.(work.payload) ?? []));
      const failures = await untilAborted(this.#runAll(runs), tx.signal);
      if (failures.length > 0) {
        await tx.rollback();
        return failures;
      }
      await store.park(parked);
      const outgoing = runs.flatMap(({ unit }) => unit.drain());
      if (outgoing.length > 0) await outbox.write(tx.manager, outgoing);
      await tx.commit();
      this.#committed(runs, outgoing.length);
      this.#report(parked);
      return [];
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }

  /** What a hook throws is logged: the batch is committed all the same. */
  #committed(runs: readonly Run[], published: number): void {
    if (published > 0) this.#options.outbox.committed(published);
    for (const hook of runs.flatMap(({ unit }) => unit.drainHooks())) {
      try {
        hook();
      } catch (error) {
        this.#options.logger.error({ err: error }, 'an afterCommit hook failed');
      }
    }
  }

  /** Keys side by side, the messages of a key in order; a key stops at its first failure. */
  async #runAll(runs: readonly Run[]): Promise<Failure[]> {
    const byKey = Map.groupBy(runs, ({ work }) => work.context.subject);
    const failures: Failure[] = [];
    await Promise.all(
      [...byKey.values()].map(async (queue) => {
        for (const run of queue) {
          try {
            await this.#handle(run);
          } catch (error) {
            failures.push({ item: run.item, error });
            return;
          }
        }
      }),
    );
    return failures;
  }

  async #handle({ work, unit }: Run): Promise<void> {
    const { context, payload, handler } = work;
    await runWithTrace(unit.trace, () =>
      withLogFields({ order_id: context.subject, message_id: context.id }, () => handler.handle(payload, unit)),
    );
  }

  /** In record order: what is put aside, and what is to run. */
  #sort(fresh: readonly Item[], failed: ReadonlyMap<Item, DozenError>, held: Set<string>, tx: OpenTransaction) {
    const parked: ParkedRecord[] = [];
    const runs: Run[] = [];
    for (const item of fresh) {
      const { record, id: messageId, orderKey: heldKey, work } = item;
      const error = item.error ?? failed.get(item);
      if (error !== undefined || work === undefined || (heldKey !== undefined && held.has(heldKey))) {
        parked.push({ record, messageId, heldKey, error });
        if (heldKey !== undefined) held.add(heldKey);
        continue;
      }
      const unit = new UnitOfWork({ manager: tx.manager, message: work.context, signal: tx.signal });
      runs.push({ item, work, unit });
    }
    return { parked, runs };
  }

  #decode(records: readonly FetchedRecord[]): Item[] {
    const { handlers, clock } = this.#options;
    const { commandTopics } = handlers;
    const rules = {
      contractOf: (type: string) => handlers.get(type)?.contract,
      commandTopics,
      keepMs: messagingPolicy.inboxKeepMs,
      clockSkewMs: messagingPolicy.clockSkewMs,
      now: clock.now(),
    };
    const seen = new Set<string>();
    return records.flatMap((record): Item[] => {
      const decoded = decode(record, rules);
      if (decoded.kind === 'ignored') return [];
      const id = decoded.kind === 'message' ? decoded.context.id : decoded.id;
      if (id !== undefined && seen.has(id)) return [];
      if (id !== undefined) seen.add(id);
      const key = record.key?.toString('utf8').replaceAll('\0', '\uFFFD');
      const orderKey = commandTopics.has(record.topic) || !key ? undefined : key;
      if (decoded.kind === 'refused') return [{ record, id, orderKey, work: undefined, error: decoded.error }];
      const handler = handlers.get(decoded.context.type);
      if (handler === undefined) return [];
      return [{ record, id, orderKey, work: { ...decoded, handler }, error: undefined }];
    });
  }

  #report(parked: readonly ParkedRecord[]): void {
    for (const { record, messageId, error } of parked) {
      if (error === undefined) continue;
      const { topic, partition, offset } = record;
      this.#options.logger.error(
        { code: error.code, reason: error.message, topic, partition, offset, message_id: messageId },
        'message parked as a dead letter',
      );
    }
  }
}

/**
 * Which failures are the messages' own. After one statement failed, the others on the connection fail with 25P02
 * (in_failed_sql_transaction): that says nothing about them. One infrastructure error makes the batch a case of it.
 */
function messageFailures(failures: readonly Failure[]): readonly Failure[] {
  const infrastructure = failures.find(({ error }) => isInfrastructureError(error));
  if (infrastructure !== undefined) throw infrastructure.error;
  return failures.filter(({ error }) => !isAbortedTransaction(error));
}

function toDozenError(error: unknown): DozenError {
  return error instanceof DozenError ? error : messagingError('MSG-HANDLER', messageOf(error), { cause: error });
}

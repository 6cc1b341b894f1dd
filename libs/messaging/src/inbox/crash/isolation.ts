import { canonicalUuidV7 } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import type { FetchedRecord } from '../../broker/port.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy as policy } from '../../policy.js';
import type { BatchProcessor } from '../handle/batch-processor.js';
import type { ConsumerMembers } from './members.js';
import type { Isolation } from '../consume/batch-dispatcher.js';
import type { Turn } from '../consume/partition-worker.js';

export interface CrashIsolationOptions {
  readonly consumer: string;
  readonly dataSource: DataSource;
  readonly processor: BatchProcessor;
  readonly members: ConsumerMembers;
}

/**
 * Handles the first messages of an assigned partition so that a message which ends its process is found and parked.
 * Such a message would otherwise end every process that gets it.
 *
 * - *asking*: until the first batch comes. If no other process of the consumer has ended uncleanly of late: over.
 * - *isolated*: each message that is not known yet has a transaction of its own, after a committed note in `attempts`
 *   that this process has it in flight. If the process that noted it before is known to have ended uncleanly, the note
 *   counts one more; past `crashAttempts` the message is parked as MSG-CRASH instead of being handled. `left` counts
 *   down from the size of a batch: the message that did it was in the transaction that was lost, so it is among so
 *   many.
 * - *over*: batches go to the processor as they are. There is no way back; another assignment begins another isolation.
 *
 * The partition's worker moves it, by `process`. A note of a process that lives, or stopped cleanly, counts nothing:
 * the partition was merely assigned anew.
 *
 * A crash while asking or over is found by the next owner in the member row that this process leaves behind. While
 * isolated it leaves the note as well: the next owner sees who had the message, and counts.
 */
export class CrashIsolation implements Isolation {
  readonly #options: CrashIsolationOptions;
  #left: number | undefined;
  /** The message whose note is written: a retry of it after an outage is no new attempt. */
  #inFlight: { readonly offset: string; readonly attempts: number } | undefined;

  constructor(options: CrashIsolationOptions) {
    this.#options = options;
  }

  /** Whether no message is to be handled singly, or none any more. */
  get over(): boolean {
    return this.#left === 0;
  }

  /**
   * Does what `BatchProcessor.process` does, but record by record while messages are isolated, so that it can end
   * between two of them.
   */
  async process(records: readonly FetchedRecord[], { advanced, signal }: Turn): Promise<number> {
    const { processor, members } = this.#options;
    this.#left ??= (await members.uncleanEnd()) ? policy.batchSize : 0;
    const known = this.#left === 0 ? new Set() : await this.#known(records);
    for (const [at, record] of records.entries()) {
      if (this.#left === 0) {
        await processor.process(records.slice(at));
        break;
      }
      if (known.has(record)) continue;
      if (signal.aborted || !(await this.#one(record, signal))) return at;
      this.#left -= 1;
      advanced();
    }
    return records.length;
  }

  /** False when it was stopped before the message was in flight. */
  async #one(record: FetchedRecord, signal: AbortSignal): Promise<boolean> {
    const { processor } = this.#options;
    if (this.#inFlight?.offset !== record.offset) {
      const crashed = await this.#crashed(record, signal);
      if (signal.aborted) return false;
      this.#inFlight = { offset: record.offset, attempts: await this.#note(record, crashed) };
    }
    if (this.#inFlight.attempts > policy.crashAttempts) {
      const attempts = policy.crashAttempts;
      const error = messagingError('MSG-CRASH', `the process ended ${attempts} times while it handled this message`);
      await processor.park([record], { error, attempts });
    } else {
      await processor.process([record]);
    }
    return true;
  }

  /** Whether the process that had this message in flight before has ended uncleanly. */
  async #crashed({ topic, partition, offset }: FetchedRecord, signal: AbortSignal): Promise<boolean> {
    const { dataSource, consumer, members } = this.#options;
    const [row]: { member: string | null }[] = await dataSource.query(
      'SELECT member FROM messaging.attempts WHERE consumer = $1 AND topic = $2 AND partition = $3 AND "offset" = $4',
      [consumer, topic, partition, offset],
    );
    const member = row?.member ?? members.id;
    return member !== members.id && (await members.endedUncleanly(member, signal));
  }

  /**
   * Writes the note, which is committed before the handler runs. Returns how many processes this message has ended, and
   * one for this time.
   */
  async #note({ topic, partition, offset }: FetchedRecord, crashed: boolean): Promise<number> {
    const { dataSource, consumer, members } = this.#options;
    const [row]: { attempts: number }[] = await dataSource.query(
      `INSERT INTO messaging.attempts AS a (consumer, topic, partition, "offset", attempts, member)
       VALUES ($1, $2, $3, $4, 1, $5)
       ON CONFLICT (consumer, topic, partition) DO UPDATE
       SET "offset" = excluded."offset", begun_at = excluded.begun_at, member = excluded.member,
           attempts = CASE WHEN a."offset" = excluded."offset" THEN a.attempts + $6 ELSE 1 END
       RETURNING attempts`,
      [consumer, topic, partition, offset, members.id, crashed ? 1 : 0],
    );
    return row?.attempts ?? 1;
  }

  /** Returns the records that are handled or parked already, since offsets are committed later than the database. */
  async #known(records: readonly FetchedRecord[]): Promise<ReadonlySet<FetchedRecord>> {
    const { dataSource, consumer } = this.#options;
    const ids = records.map(({ headers }) => canonicalUuidV7(headers['ce_id'] ?? ''));
    const rows: { id: string }[] = await dataSource.query(
      'SELECT message_id AS id FROM messaging.inbox WHERE consumer = $1 AND message_id = ANY($2::uuid[])',
      [consumer, ids.filter((id) => id !== undefined)],
    );
    const found = new Set(rows.map(({ id }) => id));
    return new Set(records.filter((_record, at) => found.has(ids[at] ?? '')));
  }
}

import { canonicalUuidV7 } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import type { FetchedRecord } from '../broker/port.js';
import { messagingError } from '../errors.js';
import { messagingPolicy as policy } from '../policy.js';
import type { BatchProcessor } from './batch-processor.js';
import type { ConsumerMembers } from './members.js';

export interface CarefulStartOptions {
  readonly consumer: string;
  readonly dataSource: DataSource;
  readonly processor: BatchProcessor;
  readonly members: ConsumerMembers;
}

/**
 * One partition's way in after it was assigned: a message that ends its process would otherwise end every process that
 * gets it. After an unclean end of some process the first messages are handled singly, each after a committed note
 * that it is in hand; a message whose notes reach `crashAttempts` is parked. As many messages as one batch had in its
 * transaction, counted from the first that is not handled yet: the one that did it is among them.
 *
 * asking → careful (`left` messages) → normal, and never back: from then on a batch costs nothing more than without it.
 */
export class CarefulStart {
  readonly #options: CarefulStartOptions;
  #left: number | undefined;
  /** Offset of the message whose note this process has written: a retry after an outage is no new attempt. */
  #inHand: { readonly offset: string; readonly attempts: number } | undefined;

  constructor(options: CarefulStartOptions) {
    this.#options = options;
  }

  /** As `BatchProcessor.process`; `advanced` is told of each message, since many of them one by one take their time. */
  async process(records: readonly FetchedRecord[], advanced: () => void): Promise<void> {
    const { processor, members } = this.#options;
    this.#left ??= (await members.uncleanEnd()) ? policy.batchSize : 0;
    if (this.#left === 0) {
      await processor.process(records);
      return;
    }
    const unknown = await this.#unknown(records);
    const singly = unknown.slice(0, this.#left);
    for (const record of singly) {
      await this.#one(record);
      this.#left -= 1;
      advanced();
    }
    await processor.process(unknown.slice(singly.length));
  }

  async #one(record: FetchedRecord): Promise<void> {
    const { processor } = this.#options;
    if (this.#inHand?.offset !== record.offset) {
      this.#inHand = { offset: record.offset, attempts: await this.#note(record) };
    }
    if (this.#inHand.attempts > policy.crashAttempts) {
      const attempts = policy.crashAttempts;
      const error = messagingError('MSG-CRASH', `the process ended ${attempts} times while it handled this message`);
      await processor.park([record], { error, attempts });
    } else {
      await processor.process([record]);
    }
  }

  /** Committed before the handler runs; returns how often this message has been in hand, this time included. */
  async #note({ topic, partition, offset }: FetchedRecord): Promise<number> {
    const { dataSource, consumer } = this.#options;
    const [row]: { attempts: number }[] = await dataSource.query(
      `INSERT INTO messaging.attempts AS a (consumer, topic, partition, "offset", attempts) VALUES ($1, $2, $3, $4, 1)
       ON CONFLICT (consumer, topic, partition) DO UPDATE
       SET "offset" = excluded."offset", begun_at = excluded.begun_at,
           attempts = CASE WHEN a."offset" = excluded."offset" THEN a.attempts + 1 ELSE 1 END
       RETURNING attempts`,
      [consumer, topic, partition, offset],
    );
    return row?.attempts ?? 1;
  }

  /** Without those that are handled or parked already: offsets are committed later than the database. */
  async #unknown(records: readonly FetchedRecord[]): Promise<readonly FetchedRecord[]> {
    const { dataSource, consumer } = this.#options;
    const ids = records.map(({ headers }) => canonicalUuidV7(headers['ce_id'] ?? ''));
    const rows: { id: string }[] = await dataSource.query(
      'SELECT message_id AS id FROM messaging.inbox WHERE consumer = $1 AND message_id = ANY($2::uuid[])',
      [consumer, ids.filter((id) => id !== undefined)],
    );
    const known = new Set(rows.map(({ id }) => id));
    return records.filter((_record, at) => !known.has(ids[at] ?? ''));
  }
}

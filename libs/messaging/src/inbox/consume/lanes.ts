import type { FetchedBatch, FetchedRecord } from '../../broker/port.js';
import { messagingPolicy } from '../../policy.js';
import { Lane, type LaneOptions, nameOf, type Replies, type Waiting } from './lane.js';
import { LonePartition, type LonePartitionOptions } from './lone-partition.js';

export interface LanesOptions extends Omit<LaneOptions, 'onFailed'> {
  /** Begins the isolation of a partition: what handles its first records in this process. */
  readonly isolate: () => Isolation;
}

/** The way in of a partition that was assigned: it stands alone until this is over. */
export interface Isolation {
  readonly process: LonePartitionOptions['process'];
  readonly over: boolean;
}

/**
 * Which transaction a partition's records go into.
 *
 * isolated (from its assignment until its isolation is over) → in a lane ⇄ alone (from a failed transaction of its lane
 * until more comes when all that it had is committed). So what fails, or hangs until its deadline, costs its lane one
 * transaction.
 *
 * A lane has the partitions of one remainder, of every topic: with equal partition counts all messages of a key are in
 * one lane, and never wait for each other's rows. When partitions move all are dismissed: what waits is void, the
 * transactions in hand may end on their own, and what they say goes to the client whose batch it was. A partition's next
 * transaction begins after that.
 */
export class Lanes {
  readonly #options: LanesOptions;
  #lanes: readonly Lane[];
  #alone = new Map<string, { partition: LonePartition; mayJoin: () => boolean }>();
  /** Partitions of this assignment that are past their isolation. */
  #joined = new Set<string>();
  readonly #ending = new Map<string, Promise<void>>();

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#lanes = this.#newLanes();
  }

  /** No batch is in hand, or waits for its turn, but of those that were dismissed. */
  get idle(): boolean {
    return this.#lanes.every(({ idle }) => idle) && [...this.#alone.values()].every(({ partition }) => partition.idle);
  }

  push(batch: FetchedBatch, replies: Replies): void {
    const waiting = { batch, replies, rest: batch.records };
    const name = nameOf(batch);
    const alone = this.#alone.get(name);
    if (alone?.partition.idle === true && alone.mayJoin()) {
      this.#alone.delete(name);
      this.#joined.add(name);
    }
    if (this.#joined.has(name)) this.#laneOf(batch).push(waiting);
    else this.#aloneOf(batch).push(waiting);
  }

  /** Resolves when what those that are dismissed now have in hand has ended. */
  async dismiss(): Promise<void> {
    const dismissed = [
      ...[...this.#alone].map(([name, { partition }]) => this.#end([name], partition.stop())),
      ...this.#lanes.map((lane) => this.#end(lane.inHand, lane.stop())),
    ];
    this.#alone = new Map();
    this.#joined = new Set();
    this.#lanes = this.#newLanes();
    await Promise.all(dismissed);
  }

  /** Dismisses all; resolves when no transaction is in hand any more, of those dismissed before either. */
  async finish(): Promise<void> {
    void this.dismiss();
    await Promise.all(this.#ending.values());
  }

  #end(partitions: readonly string[], ended: Promise<void>): Promise<void> {
    for (const name of partitions) {
      const ending = ended.then(() => {
        if (this.#ending.get(name) === ending) this.#ending.delete(name);
      });
      this.#ending.set(name, ending);
    }
    return ended;
  }

  #newLanes(): Lane[] {
    const { process, progress, blocked, logger } = this.#options;
    return Array.from({ length: messagingPolicy.lanes }, () => {
      const onFailed = (batches: readonly Waiting[]): void => this.#standAlone(batches);
      return new Lane({ process, onFailed, progress, blocked, logger });
    });
  }

  #laneOf({ partition }: FetchedBatch): Lane {
    const lane = this.#lanes[partition % this.#lanes.length];
    if (lane === undefined) throw new RangeError(`no lane for partition ${partition}`);
    return lane;
  }

  #standAlone(batches: readonly Waiting[]): void {
    for (const waiting of batches) {
      const name = nameOf(waiting.batch);
      this.#joined.delete(name);
      this.#aloneOf(waiting.batch, { process: this.#together, over: true }).push(waiting);
    }
  }

  readonly #together = async (records: readonly FetchedRecord[]): Promise<number> => {
    await this.#options.process(records);
    return records.length;
  };

  #aloneOf(batch: FetchedBatch, isolation?: Isolation): LonePartition {
    const name = nameOf(batch);
    const present = this.#alone.get(name);
    if (present !== undefined) return present.partition;
    const { isolate, progress, blocked, logger } = this.#options;
    const way = isolation ?? isolate();
    const after = this.#ending.get(name) ?? Promise.resolve();
    const process: Isolation['process'] = (records, turn) => way.process(records, turn);
    const partition = new LonePartition({ process, progress, blocked, logger, after });
    this.#alone.set(name, { partition, mayJoin: () => way.over });
    return partition;
  }
}

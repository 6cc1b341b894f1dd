import type { TopicDeclaration } from '@dozen/kernel';

/** A record to append. `key` decides the partition; `value` is the encoded body. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** A record as it was read; nothing in it is trusted yet. */
export interface FetchedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** ms since 1970 as the producer, or the topic's broker, says: any integer; below 0 where there is none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The last value where a header is repeated. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set where the client could read no record, and then nobody can: `value` is the bytes. */
  readonly unreadable?: Unreadable;
}

/**
 * Bytes of the log that are no records: unpacked by no codec, with a wrong checksum, cut short, with lengths that lie, or
 * made to exhaust whoever unpacks them. They take up the offsets from `firstOffset` to that of the record.
 */
export interface Unreadable {
  readonly firstOffset: string;
  /** For an operator. */
  readonly reason: string;
}

/** Records of one partition, in offset order. */
export interface FetchedBatch {
  /** Counts the assignments of this consumer: offsets may be committed only by the generation that fetched them. */
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly FetchedRecord[];
}

/**
 * One producer session with idempotence and acks from all replicas in sync.
 *
 * After a rejected `send` the session is spoilt: the broker may take the next batch for a repeat of the rejected one,
 * acknowledge it and not store it. `close` it and open another; never reuse it.
 */
export interface BrokerProducer {
  /** Resolves when every record is stored. Records of one key keep their order. */
  send(records: readonly OutgoingRecord[], options: { timeoutMs: number }): Promise<void>;
  /** Never rejects, and does not wait for what hangs. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Takes a batch over, at once and without throwing. A partition is read ahead of what is not done of it, within bounds,
   * so that there may be several batches of it in memory.
   */
  readonly onBatch: (batch: FetchedBatch) => void;
  /**
   * The partitions are about to be assigned anew: nothing more is handed over, and until this resolves what is in flight
   * may end and be committed. The group waits for it, for about as long as the policy's revokeMs. Undefined when nothing
   * is in flight. Never rejects. Not called when the group has forgotten this member, since no commit of its counts then.
   */
  readonly onRevoked: () => Promise<void> | undefined;
  /** A new assignment: everything taken over under an earlier generation is to be dropped. */
  readonly onAssigned: (generation: number) => void;
  /** The client gave up for good and no retry of its own will follow. Called at most once. */
  readonly onCrash: (error: Error) => void;
}

/** A partition whose next offset to read, `offset`, is not in its log. */
export interface OutOfRange {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** Where a consumer group stands in a partition, and what the partition's log holds: `low` up to before `high`. */
export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read; undefined when the group never committed one. */
  readonly committed: string | undefined;
  readonly low: string;
  readonly high: string;
}

export interface BrokerConsumer {
  /** Resolves when the group is joined or the join goes on in the background; never rejects for an outage. */
  start(): Promise<void>;
  /** True between a join and the next loss of membership; false when the broker has not answered for a session. */
  readonly joined: boolean;
  /**
   * Partitions of this member whose next offset is not in the log: records were deleted before they were handled, or
   * the log is another one. They are logged as MSG-OFFSET-RANGE, not read and never reset, until an operator sets the
   * group's offset and the partition is assigned anew.
   */
  readonly outOfRange: readonly OutOfRange[];
  /**
   * `offset` is the next one to read. Those of a generation that is over are left out. Rejects when none is left, or the
   * broker refuses; repeats are harmless.
   */
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
  /** The first batch of the partition is done. Never throws; does nothing for a generation that is over. */
  done(partition: { generation: number; topic: string; partition: number }): void;
  /** No batch is handed over after this returns; membership is kept, so that commits still count. */
  pauseAll(): void;
  /**
   * Leaves the group, so that the others take over at once. Never rejects. While the broker is away it returns after
   * the policy's `leaveMs`; the group then finds out by the session timeout. Nothing is called back from now on, and
   * a join that is under way comes to nothing, however late it is answered.
   */
  stop(): Promise<void>;
}

export interface PartitionOffset {
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** What messaging needs of a broker; `src/conformance/` states it as tests. */
export interface BrokerPort {
  /** Rejects with MSG-SEND when no broker answers in time. */
  producer(options: { timeoutMs: number }): Promise<BrokerProducer>;
  consumer(options: ConsumerOptions): BrokerConsumer;
  /** Creates what is missing. Throws MSG-PARTITIONS when a topic exists with another number of partitions. */
  ensureTopics(topics: readonly TopicDeclaration[]): Promise<readonly string[]>;
  /** Partition counts of those topics that exist. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Resolves when a broker answers; while none does it waits, for the caller to put a limit to. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What operators need of a broker. */
export interface BrokerAdmin {
  /** Where a group stands in every partition of the topics. Rejects with MSG-SEND when no broker answers in time. */
  ranges(group: string, topics: readonly string[]): Promise<PartitionRange[]>;
  /** Sets where a group goes on. Rejects with MSG-GROUP-ACTIVE while it has members: they would not notice. */
  setOffsets(group: string, offsets: readonly Omit<PartitionOffset, 'generation'>[]): Promise<void>;
}

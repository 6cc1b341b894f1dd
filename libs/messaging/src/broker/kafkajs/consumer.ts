import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { brokerWithin } from '../../deadline.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import type { BrokerConsumer, ConsumerOptions, OutOfRange, PartitionOffset, PartitionRange } from '../port.js';
import { placesOf, type TopicPartition } from '../topic-partition.js';
import type { LogTap } from './client.js';
import { InFlight } from './in-flight.js';
import { PartitionGate } from './partition-gate.js';
import { toRecords } from './records.js';
import { Revocation } from './revocation.js';
import { useFetchReader } from './use-own-records.js';

/** The broker forgets a member that is silent for so long; 6 s is the least that brokers allow by default. */
export const SESSION_TIMEOUT_MS = 6000;

/** kafkajs says this at once before it moves the group to the log's beginning, and gives no other chance to object. */
const RESET_ANNOUNCED = 'Offset out of range, resetting to default offset';

export interface KafkaJsConsumerOptions extends ConsumerOptions {
  readonly topicPrefix: string;
  readonly logger: Logger;
  /** `restart` answers kafkajs, after a crash that it may survive, whether to begin again. */
  readonly create: (hooks: { tap: LogTap; restart: () => Promise<boolean> }) => Consumer;
  /** Where the group stands; names as on the broker. */
  readonly ranges: (topics: readonly string[]) => Promise<readonly PartitionRange[]>;
}

/**
 * kafkajs as a source of batches and nothing else. Its `eachBatch` hands the batch over, marks it as read and pauses
 * the partition: handling inside it would stop the heartbeats of every partition and commit what was not handled.
 *
 * States: created → joined → revoked (a rebalance has begun; joined again when it is forgotten) → lost (rejoining, crash
 * with restart) → joined …, then stopped, or failed (`onCrash`; a new client is needed). A new assignment begins a new
 * generation; PartitionGate says which of its partitions are read, and from where.
 *
 * No error may leave a callback but by intent: kafkajs stops for good on a TypeError, and takes what an event's listener
 * throws for an error of its own.
 */
export class KafkaJsConsumer implements BrokerConsumer {
  readonly #consumer: Consumer;
  readonly #options: KafkaJsConsumerOptions;
  readonly #gate: PartitionGate;
  readonly #inFlight = new InFlight();
  readonly #stopping = new AbortController();
  /** No batch is handed over any more; membership may go on, so that commits count. */
  readonly #closing = new AbortController();
  #started: Promise<void> = Promise.resolve();
  #generation = 0;
  #assignment: Readonly<Record<string, number[]>> = {};
  #revocation: Revocation | undefined;
  #member = false;
  #heardAt = performance.now();
  #failed = false;
  #left = false;

  constructor(options: KafkaJsConsumerOptions) {
    useFetchReader();
    this.#options = options;
    this.#consumer = options.create({
      tap: ({ log }) => {
        if (log.message === RESET_ANNOUNCED) this.#gate.refuseReset(log as unknown as TopicPartition);
      },
      restart: () => Promise.resolve(!this.#stopping.signal.aborted),
    });
    const { logger, ranges } = options;
    this.#gate = new PartitionGate({ consumer: this.#consumer, logger, ranges, signal: this.#closing.signal });
    this.#listen();
  }

  /** kafkajs says late or never that the broker is gone; heartbeats that are no longer answered do. */
  get joined(): boolean {
    return this.#member && performance.now() - this.#heardAt < SESSION_TIMEOUT_MS;
  }

  get outOfRange(): readonly OutOfRange[] {
    return this.#gate.outOfRange.map((place) => ({ ...place, topic: this.#offBroker(place.topic) }));
  }

  async start(): Promise<void> {
    this.#started = this.#run();
    await this.#started;
  }

  /** kafkajs may repeat a commit after a rejoin and so move the group back; the inbox drops what then comes again. */
  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const current = offsets.filter(({ generation }) => generation === this.#generation);
    if (!this.#member || current.length === 0) {
      throw messagingError('MSG-STALE-EPOCH', 'the partitions were assigned anew');
    }
    await this.#consumer.commitOffsets(
      current.map(({ topic, partition, offset }) => ({ topic: this.#onBroker(topic), partition, offset })),
    );
  }

  done({ generation, topic, partition }: { generation: number; topic: string; partition: number }): void {
    if (generation !== this.#generation) return;
    for (const place of this.#inFlight.done({ topic: this.#onBroker(topic), partition })) this.#gate.resume(place);
  }

  pauseAll(): void {
    this.#closing.abort();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#stopping.abort();
    this.#member = false;
    try {
      await brokerWithin(messagingPolicy.leaveMs, this.#leave());
    } catch (error) {
      this.#options.logger.warn(
        { reason: messageOf(error) },
        'the broker did not hear that this member leaves; its partitions wait for the session timeout',
      );
    }
  }

  async #run(): Promise<void> {
    await this.#consumer.connect();
    if (this.#isStopped()) return;
    await this.#consumer.subscribe({
      topics: this.#options.topics.map((topic) => this.#onBroker(topic)),
      fromBeginning: true,
    });
    if (this.#isStopped()) return;
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => {
        this.#guard(() => this.#take(payload));
        return Promise.resolve();
      },
    });
  }

  /**
   * kafkajs forgets a runner that it is told to stop while it joins: the join would succeed later, and a member that
   * reads nothing would hold partitions. So the end of the start is awaited, however late it comes.
   */
  async #leave(): Promise<void> {
    await this.#started.catch(() => undefined);
    this.#left = true;
    await this.#consumer.disconnect();
  }

  #listen(): void {
    const { GROUP_JOIN, HEARTBEAT, REBALANCING, CRASH, DISCONNECT, END_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(REBALANCING, () => {
      // kafkajs rejoins when this returns. After an error it comes here again, soon, and is a member until then.
      if (this.#guard(() => this.#holds()) === true)
        throw messagingError('MSG-IN-HAND', 'what is in flight ends before the partitions move');
      this.#member = false;
    });
    this.#consumer.on(DISCONNECT, () => void (this.#member = false));
    this.#consumer.on(HEARTBEAT, () => {
      this.#heardAt = performance.now();
      // A heartbeat was answered although a rebalance had begun: the coordinator was restarted and knows of none.
      if (this.#member && this.#revocation !== undefined) this.#guard(() => this.#assigned(this.#assignment));
    });
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      // A runner that kafkajs began by itself and forgot while it joined: only an error ends it.
      if (this.#left) throw messagingError('MSG-STALE-EPOCH', 'this member has left');
      if (!this.#isStopped()) this.#guard(() => this.#assigned(payload.memberAssignment));
    });
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      // The batch had only markers of transactions: kafkajs has moved on without calling eachBatch.
      if (payload.batchSize === 0) this.#gate.passed(payload, payload.lastOffset);
    });
    this.#consumer.on(CRASH, ({ payload }) => {
      this.#member = false;
      this.#options.logger.warn({ err: payload.error, restart: payload.restart }, 'consumer crashed');
      if (!payload.restart) this.#fail(payload.error);
    });
  }

  /** Whether a rebalance has to wait for what is in flight. */
  #holds(): boolean {
    if (!this.#member) return false;
    if (this.#revocation === undefined) {
      this.#gate.close();
      this.#revocation = new Revocation(this.#options.onRevoked());
    }
    return !this.#revocation.over;
  }

  #assigned(assignment: Readonly<Record<string, number[]>>): void {
    this.#assignment = assignment;
    this.#revocation = undefined;
    this.#generation += 1;
    this.#member = true;
    this.#heardAt = performance.now();
    const generation = this.#generation;
    const assigned = placesOf(assignment);
    this.#gate.shut(assigned);
    this.#inFlight.clear();
    this.#options.onAssigned(generation);
    void this.#gate.openAll(
      assigned,
      () => generation === this.#generation && this.#revocation === undefined && !this.#closing.signal.aborted,
    );
  }

  #take(payload: EachBatchPayload): void {
    const { batch } = payload;
    payload.pause();
    if (this.#closing.signal.aborted || !this.#gate.takes(batch)) return;
    const topic = this.#offBroker(batch.topic);
    const records = toRecords(batch, topic);
    if (this.#inFlight.takes(batch, records)) {
      this.#options.onBatch({ generation: this.#generation, topic, partition: batch.partition, records });
      payload.resolveOffset(batch.lastOffset());
      this.#gate.passed(batch, batch.lastOffset());
      if (this.#inFlight.mayRead(batch)) this.#gate.resume(batch);
    } else this.#gate.seekBack(batch);
  }

  #guard<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(messageOf(error)));
      return undefined;
    }
  }

  #fail(error: Error): void {
    if (this.#failed || this.#stopping.signal.aborted) return;
    this.#failed = true;
    this.#member = false;
    this.#closing.abort();
    this.#options.onCrash(error);
  }

  /** No getter: the state changes while something is awaited. */
  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #onBroker(topic: string): string {
    return this.#options.topicPrefix + topic;
  }

  #offBroker(topic: string): string {
    return topic.slice(this.#options.topicPrefix.length);
  }
}

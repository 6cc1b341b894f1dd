import { backoff, DozenError, pause, WakeUp } from '@dozen/kernel';
import { inSpan, type Logger, MOST_LINKS, recorder, spans, timer } from '@dozen/telemetry';
import type { BrokerPort, BrokerProducer } from '../broker/port.js';
import { messagingError } from '../errors.js';
import { messagingMetrics as metrics } from '../metrics.js';
import { messagingPolicy as policy } from '../policy.js';
import type { LowWatermarks } from './low-watermarks.js';
import type { LeaseHolder } from './lease-holder.js';
import type { OutboxRow, OutboxStore } from './store.js';

export interface LoopOptions {
  readonly broker: BrokerPort;
  readonly store: OutboxStore;
  readonly leaseHolder: LeaseHolder;
  readonly lowWatermarks: LowWatermarks;
  /** Whether any row may be refused; a false "no" only costs another refusal. */
  readonly refused: { some: boolean };
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

/**
 * Moves the rows of the process's shards to the broker. One batch is in flight at a time, so the records of a key keep
 * the order of `seq`.
 *
 * States, which `run` moves unless another is named:
 *
 * - *idle*: no shard is held, or no row was found. `wake` ends it (a commit was announced), or the poll after
 *   `relayPollMs`.
 * - *reading*: the lowest rows of the shards that the lease holder gives. Nothing found: idle.
 * - *sending*: the batch is on its way to the broker. Refused for what it is: its rows are sent one by one, and the key
 *   of a refused row is blocked until an operator decides. Any other error: waiting.
 * - *deleting*: the broker has acknowledged the batch. Then reading, no sooner than `relayPaceMs` after the last look
 *   unless there are more rows already.
 * - *waiting*: after an error, for a pause that doubles. The producer is thrown away, since a session whose send was
 *   rejected may lose the next batch, and the low watermarks are forgotten.
 * - *stopped*: `stopping` was aborted and the batch in flight is over, or `close` gave up waiting for it.
 *
 * A crash while idle, reading or waiting changes nothing. While sending it leaves the rows, which are sent again
 * whether the broker has stored them or not. Between acknowledgement and delete it sends them twice. The inbox drops
 * what comes a second time.
 */
export class RelayLoop {
  readonly #options: LoopOptions;
  readonly #sent = recorder(metrics.sent);
  readonly #batch = recorder(metrics.relayBatch);
  readonly #answer = timer(metrics.operationDuration);
  #producer: BrokerProducer | undefined;
  #closed = false;
  readonly #committed = new WakeUp();
  /**
   * How many shards had rows at the last read. The next batch is divided among so many, so that a backlog of a few
   * keys, which is in a few shards, fills it too.
   */
  #active: number = policy.shards;
  /** The most rows of one read; lowered while rows are so large that fewer fill a request. */
  #limit: number = policy.relayBatch;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Announces that rows were committed. */
  wake(): void {
    this.#committed.wake();
  }

  async run(): Promise<void> {
    const { logger, stopping, leaseHolder, lowWatermarks } = this.#options;
    let failures = 0;
    while (!stopping.aborted) {
      try {
        const next = performance.now() + policy.relayPaceMs;
        this.#committed.clear();
        const more = await this.#pass(await leaseHolder.begin());
        failures = 0;
        if (more) continue;
        const restMs = next - performance.now();
        if (restMs > 0) await pause(restMs, stopping);
        await this.#committed.wait(policy.relayPollMs);
      } catch (error) {
        failures += 1;
        const waitMs = backoff(failures, policy.retry);
        logger.warn({ err: error, retry_in_ms: waitMs }, 'relay pass failed; its rows stay in the outbox');
        lowWatermarks.clear();
        await pause(waitMs, stopping);
      } finally {
        leaseHolder.done();
      }
    }
  }

  /** Closes the producer. What is still being sent is not waited for: its rows stay in the outbox. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#discardProducer();
  }

  async #discardProducer(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close();
  }

  /** Reads, sends and deletes one batch; returns whether there may be more rows already. */
  async #pass(shards: readonly number[]): Promise<boolean> {
    if (shards.length === 0) return false;
    const { rows, full } = await this.#read(shards);
    const batch = this.#fitting(rows);
    if (batch.length === 0) return false;
    try {
      await this.#send(batch);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.#sendOneByOne(batch);
      return true;
    }
    await this.#options.store.delete(batch);
    return full || batch.length < rows.length;
  }

  /** `full` when a shard may have more rows than were read of it. */
  async #read(shards: readonly number[]): Promise<{ rows: OutboxRow[]; full: boolean }> {
    const { lowWatermarks, store, refused } = this.#options;
    const [limit, proof, skipRefused] = [this.#limit, lowWatermarks.proof, refused.some];
    const perShard = Math.ceil(limit / Math.min(this.#active, shards.length));
    const from = shards.map((shard) => lowWatermarks.of(shard));
    const rows = await store.lowest({ shards, lowWatermarks: from, perShard, limit, skipRefused });
    // Rows that were left out are still there; a low watermark above them would hide them.
    if (!skipRefused) lowWatermarks.raise(proof, { shards, rows, full: rows.length === limit });
    this.#active = Math.max(1, new Set(rows.map((row) => row.shard)).size);
    return { rows, full: rows.length >= perShard };
  }

  /** As many of the lowest rows as fit into one request, at least one; the rest is read again. */
  #fitting(rows: readonly OutboxRow[]): readonly OutboxRow[] {
    let bytes = 0;
    const over = rows.findIndex((row) => {
      bytes += policy.relayRowBytes + Buffer.byteLength(row.value);
      return bytes > policy.relaySendBytes;
    });
    const count = over === -1 ? rows.length : Math.max(1, over);
    this.#limit = over === -1 ? Math.min(this.#limit * 2, policy.relayBatch) : count;
    return rows.slice(0, count);
  }

  async #send(rows: readonly OutboxRow[]): Promise<void> {
    const timeoutMs = policy.relaySendTimeoutMs;
    const producer = this.#producer ?? (await this.#openProducer());
    try {
      await inSpan(spans.send, sendingOf(rows), () =>
        this.#answer.time({ 'messaging.operation.name': 'send' }, () => producer.send(rows, { timeoutMs })),
      );
    } catch (error) {
      await this.#discardProducer();
      throw error;
    }
    this.#count(rows);
  }

  async #openProducer(): Promise<BrokerProducer> {
    const producer = await this.#options.broker.producer({ timeoutMs: policy.relaySendTimeoutMs });
    /** Opening may have taken longer than a stop waits, and then `close` found no producer. */
    if (this.#closed) {
      await producer.close();
      throw messagingError('MSG-SEND', 'the relay has stopped');
    }
    this.#producer = producer;
    return producer;
  }

  #count(rows: readonly OutboxRow[]): void {
    this.#batch.record(rows.length, {});
    for (const [topic, { length }] of Map.groupBy(rows, (row) => row.topic)) {
      this.#sent.record(length, { 'messaging.destination.name': topic });
    }
  }

  /** The broker refused some row of the batch without saying which. Finds it, blocks its key, and sends the rest. */
  async #sendOneByOne(rows: readonly OutboxRow[]): Promise<void> {
    const { store, logger, refused } = this.#options;
    const refusedKeys = new Set<string>();
    for (const row of rows) {
      const key = `${row.topic}\n${row.key}`;
      if (refusedKeys.has(key)) continue;
      try {
        await this.#send([row]);
        await store.delete([row]);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusedKeys.add(key);
        refused.some = true;
        await store.refuse(row, error.message);
        logger.error({ err: error, topic: row.topic, key: row.key }, 'the broker refuses a message; key parked');
      }
    }
  }
}

/**
 * The span of a send. The messages of a batch belong to many traces, so the span begins a trace of its own and links to
 * theirs.
 */
function sendingOf(rows: readonly OutboxRow[]) {
  const topics = [...new Set(rows.map(({ topic }) => topic))];
  const [topic] = topics.length === 1 ? topics : [];
  return {
    name: topic === undefined ? 'send' : `send ${topic}`,
    parent: null,
    links: rows.slice(0, MOST_LINKS).map(({ headers }) => headers['traceparent']),
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': rows.length,
      ...(topic === undefined ? {} : { 'messaging.destination.name': topic }),
    },
  };
}

function isRefusal(error: unknown): error is DozenError {
  return error instanceof DozenError && error.code === 'MSG-REFUSED';
}

import { messageOf, WakeUp } from '@dozen/kernel';
import { type Logger, timer } from '@dozen/telemetry';
import type { BrokerConsumer, PartitionOffset } from '../../broker/port.js';
import { brokerWithin } from '../../deadline.js';
import { messagingMetrics } from '../../metrics.js';
import { messagingPolicy } from '../../policy.js';

/**
 * Commits offsets behind the workers, newest per partition, one request at a time: handling never waits for it. The first one
 * goes out at once, and then one in the policy's commitEveryMs, until it is to settle. A lost commit means a redelivery,
 * which the inbox absorbs.
 */
export class OffsetCommitter {
  readonly #consumer: Pick<BrokerConsumer, 'commit'>;
  readonly #logger: Logger;
  readonly #answer = timer(messagingMetrics.operationDuration);
  #pending = new Map<string, PartitionOffset>();
  #running: Promise<void> | undefined;
  /** Between two requests. */
  #pausing = false;
  /** Set while it is to settle: then there is no pause. */
  readonly #settling = new WakeUp();

  constructor(consumer: Pick<BrokerConsumer, 'commit'>, logger: Logger) {
    this.#consumer = consumer;
    this.#logger = logger;
  }

  /** Nothing is left to commit. */
  get idle(): boolean {
    return this.#running === undefined || (this.#pausing && this.#pending.size === 0);
  }

  add(offset: PartitionOffset): void {
    this.#pending.set(`${offset.topic}/${offset.partition}`, offset);
    this.#running ??= this.#flush();
  }

  /** Resolves when all is committed, or after the policy's commit timeout. */
  async settle(): Promise<void> {
    this.#settling.wake();
    try {
      await brokerWithin(messagingPolicy.commitTimeoutMs, this.#running ?? Promise.resolve());
    } catch (error) {
      this.#logger.info({ reason: messageOf(error) }, 'offsets not committed in time; they will be delivered again');
    }
    this.#settling.clear();
  }

  async #flush(): Promise<void> {
    // Waits a moment, so that the other partitions of the same transaction join this request.
    await Promise.resolve();
    while (this.#pending.size > 0) {
      const offsets = [...this.#pending.values()];
      this.#pending = new Map();
      try {
        // With a deadline: the client may have lost the request, and the next commit says more.
        await this.#answer.time({ 'messaging.operation.name': 'commit' }, () =>
          brokerWithin(messagingPolicy.adminAskMs, this.#consumer.commit(offsets)),
        );
      } catch (error) {
        this.#logger.debug({ reason: messageOf(error) }, 'offset commit refused; a redelivery will follow');
      }
      this.#pausing = true;
      await this.#settling.wait(messagingPolicy.commitEveryMs);
      this.#pausing = false;
    }
    this.#running = undefined;
  }
}

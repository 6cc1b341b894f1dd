import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicDeclaration } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { within } from '../../deadline.js';
import { messagingError } from '../../errors.js';
import type { BrokerConsumer, BrokerPort, BrokerProducer, ConsumerOptions } from '../port.js';
import { KafkaJsConsumer, SESSION_TIMEOUT_MS } from './consumer.js';
import { keyPartitioner } from './key-partitioner.js';
import { KafkaJsProducer } from './producer.js';
import { parseKafkaUrl } from './url.js';

/**
 * The broker over kafkajs. Its retries are set here, on the client, and are endless: set on the producer they are
 * overridden, and a bounded number ends an outage of 18 s in an error. Deadlines are ours (`send`'s timeout).
 */
export class KafkaJsBroker implements BrokerPort {
  readonly #kafka: Kafka;
  readonly #prefix: string;
  readonly #logger: Logger;
  #admin: Admin | undefined;
  #closed = false;

  constructor(options: { url: string; clientId: string; logger: Logger }) {
    this.#logger = options.logger;
    const { client, topicPrefix } = parseKafkaUrl(options.url);
    this.#prefix = topicPrefix;
    this.#kafka = new Kafka({
      ...client,
      clientId: options.clientId,
      connectionTimeout: 1000,
      requestTimeout: 5000,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: Number.MAX_SAFE_INTEGER },
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => {
        // An outage is reported once, by readiness; the client's line per retry is for debugging.
        this.#logger.debug({ kafkajs: { ...entry.log, namespace: entry.namespace } }, `kafkajs: ${entry.log.message}`);
      },
    });
  }

  async producer(options: { timeoutMs: number }): Promise<BrokerProducer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: keyPartitioner,
    });
    try {
      await within(options.timeoutMs, producer.connect());
    } catch (error) {
      await producer.disconnect();
      throw error;
    }
    return new KafkaJsProducer(producer, this.#prefix);
  }

  consumer(options: ConsumerOptions): BrokerConsumer {
    const create = () =>
      this.#kafka.consumer({
        groupId: options.group,
        sessionTimeout: SESSION_TIMEOUT_MS,
        heartbeatInterval: 500,
        rebalanceTimeout: 10_000,
        // The default of 5 s delays an idle rebalance or leave by as much; 100 ms costs next to nothing.
        maxWaitTimeInMs: 100,
        minBytes: 1,
        maxBytesPerPartition: 1024 * 1024,
        allowAutoTopicCreation: false,
      });
    return new KafkaJsConsumer(create, { ...options, topicPrefix: this.#prefix }, this.#logger);
  }

  async ensureTopics(topics: readonly TopicDeclaration[]): Promise<readonly string[]> {
    const admin = await this.#connectedAdmin();
    const existing = await this.partitionCounts(topics.map((topic) => topic.name));
    const wrong = topics.filter((topic) => (existing.get(topic.name) ?? topic.partitions) !== topic.partitions);
    if (wrong.length > 0) {
      throw messagingError('MSG-PARTITIONS', 'a topic exists with another number of partitions than declared', {
        details: Object.fromEntries(wrong.map((topic) => [topic.name, existing.get(topic.name)])),
      });
    }
    const missing = topics.filter((topic) => !existing.has(topic.name));
    if (missing.length > 0) {
      await admin.createTopics({
        // Its wait takes a broker that does not know the topic yet for an error.
        waitForLeaders: false,
        topics: missing.map((topic) => ({
          topic: this.#prefix + topic.name,
          numPartitions: topic.partitions,
          configEntries: [
            { name: 'retention.ms', value: String(topic.retentionMs) },
            { name: 'cleanup.policy', value: topic.cleanup },
          ],
        })),
      });
      await this.#known(missing);
    }
    return missing.map((topic) => topic.name);
  }

  /** The controller answers before the brokers have heard of a new topic: waits for that. */
  async #known(topics: readonly TopicDeclaration[]): Promise<void> {
    for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 500)) {
      const counts = await this.partitionCounts(topics.map((topic) => topic.name));
      if (topics.every((topic) => counts.has(topic.name))) return;
      await sleep(waitMs);
    }
  }

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const admin = await this.#connectedAdmin();
    const wanted = new Set(topics.map((topic) => this.#prefix + topic));
    // All topics: asked for one that a broker does not know, the client throws.
    const all = (await admin.fetchTopicMetadata()).topics;
    return new Map(
      all
        .filter(({ name }) => wanted.has(name))
        .map(({ name, partitions }) => [name.slice(this.#prefix.length), partitions.length]),
    );
  }

  /** A connection that is still being tried is left to the end of the process. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#admin?.disconnect();
  }

  /** Another call may have connected meanwhile, or `close` was called: then this one is not kept. */
  async #keepAdmin(admin: Admin): Promise<Admin> {
    if (this.#admin === undefined && !this.#closed) {
      this.#admin = admin;
      return admin;
    }
    await admin.disconnect();
    if (this.#admin === undefined) throw messagingError('MSG-SEND', 'the broker client was closed');
    return this.#admin;
  }

  async #connectedAdmin(): Promise<Admin> {
    if (this.#admin !== undefined) return this.#admin;
    const admin = this.#kafka.admin();
    await admin.connect();
    return this.#keepAdmin(admin);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type TopicDeclaration } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { Admin, Kafka } from 'kafkajs';
import { settles, brokerWithin } from '../../deadline.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import type {
  BrokerAdmin,
  BrokerConsumer,
  BrokerPort,
  BrokerProducer,
  ConsumerOptions,
  PartitionOffset,
  PartitionRange,
} from '../port.js';
import { AdminConnection } from './admin.js';
import { kafkaClient, type LogTap } from './client.js';
import { KafkaJsConsumer, SESSION_TIMEOUT_MS } from './consumer.js';
import { keyPartitioner } from './key-partitioner.js';
import { KafkaJsProducer } from './producer.js';
import { rangesOf, setOffsetsOf } from './ranges.js';
import { parseKafkaUrl } from './url.js';

/** The broker over kafkajs. */
export class KafkaJsBroker implements BrokerPort, BrokerAdmin {
  readonly #newClient: (tap?: LogTap) => Kafka;
  readonly #kafka: Kafka;
  readonly #adminClient: Kafka;
  readonly #prefix: string;
  readonly #logger: Logger;
  readonly #admin: AdminConnection;

  constructor(options: { url: string; clientId: string; logger: Logger }) {
    this.#logger = options.logger;
    const { client, topicPrefix } = parseKafkaUrl(options.url);
    this.#prefix = topicPrefix;
    this.#newClient = (tap) => kafkaClient({ ...options, client }, tap);
    this.#kafka = this.#newClient();
    // With few retries, so that a question that nobody waits for any more comes to an end.
    this.#adminClient = kafkaClient({ ...options, client, retries: 3 });
    this.#admin = new AdminConnection(this.#adminClient, options.logger);
  }

  async producer(options: { timeoutMs: number }): Promise<BrokerProducer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: keyPartitioner,
    });
    try {
      await brokerWithin(options.timeoutMs, producer.connect());
    } catch (error) {
      await settles(messagingPolicy.closeMs, producer.disconnect());
      throw error;
    }
    return new KafkaJsProducer(producer, this.#prefix);
  }

  /**
   * Each consumer has a kafkajs client of its own: those of one client share what they believe to be committed, and
   * disturb each other.
   */
  consumer(options: ConsumerOptions): BrokerConsumer {
    return new KafkaJsConsumer({
      ...options,
      topicPrefix: this.#prefix,
      logger: this.#logger,
      ranges: (topics) => this.#ranges(options.group, topics),
      create: ({ tap, restart }) =>
        this.#newClient(tap).consumer({
          groupId: options.group,
          sessionTimeout: SESSION_TIMEOUT_MS,
          heartbeatInterval: 500,
          rebalanceTimeout: 10_000,
          // The default of 5 s delays an idle rebalance or leave by as much; each round costs client and broker 2 ms of CPU.
          maxWaitTimeInMs: 250,
          minBytes: 1,
          maxBytesPerPartition: 1024 * 1024,
          allowAutoTopicCreation: false,
          // After five vain tries kafkajs takes a new runner; with endless ones a late commit would be tried for ever.
          retry: { retries: 5, restartOnFailure: restart },
        }),
    });
  }

  async ranges(group: string, topics: readonly string[]): Promise<PartitionRange[]> {
    const ranges = await this.#ranges(
      group,
      topics.map((topic) => this.#prefix + topic),
    );
    return ranges.map((range) => ({ ...range, topic: range.topic.slice(this.#prefix.length) }));
  }

  async setOffsets(group: string, offsets: readonly Omit<PartitionOffset, 'generation'>[]): Promise<void> {
    const onBroker = offsets.map((offset) => ({ ...offset, topic: this.#prefix + offset.topic }));
    await this.#withAdmin((admin) => setOffsetsOf({ admin, kafka: this.#adminClient }, group, onBroker));
  }

  async ping(): Promise<void> {
    await this.#admin.ask((admin) => admin.describeCluster());
  }

  async ensureTopics(topics: readonly TopicDeclaration[]): Promise<readonly string[]> {
    const existing = await this.partitionCounts(topics.map((topic) => topic.name));
    const wrong = topics.filter((topic) => (existing.get(topic.name) ?? topic.partitions) !== topic.partitions);
    if (wrong.length > 0) {
      throw messagingError('MSG-PARTITIONS', 'a topic exists with another number of partitions than declared', {
        details: Object.fromEntries(wrong.map((topic) => [topic.name, existing.get(topic.name)])),
      });
    }
    const missing = topics.filter((topic) => !existing.has(topic.name));
    if (missing.length > 0) {
      const topics = missing.map((topic) => ({
        topic: this.#prefix + topic.name,
        numPartitions: topic.partitions,
        configEntries: [
          { name: 'retention.ms', value: String(topic.retentionMs) },
          { name: 'cleanup.policy', value: topic.cleanup },
        ],
      }));
      // Not with kafkajs' own wait, which takes a broker that does not know the topic yet for an error.
      await this.#admin.ask((admin) => admin.createTopics({ waitForLeaders: false, topics }));
      await this.#known(missing);
    }
    return missing.map((topic) => topic.name);
  }

  /** The controller answers before the brokers have heard of a new topic: waits for that. */
  async #known(topics: readonly TopicDeclaration[]): Promise<void> {
    for (let looks = 1; ; looks += 1) {
      const counts = await this.partitionCounts(topics.map((topic) => topic.name));
      if (topics.every((topic) => counts.has(topic.name))) return;
      await sleep(backoff(looks, { firstMs: 10, mostMs: 500 }));
    }
  }

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const wanted = new Set(topics.map((topic) => this.#prefix + topic));
    // Asks for all topics: asked for one that a broker does not know, the client throws.
    const { topics: all } = await this.#admin.ask((admin) => admin.fetchTopicMetadata());
    return new Map(
      all
        .filter(({ name }) => wanted.has(name))
        .map(({ name, partitions }) => [name.slice(this.#prefix.length), partitions.length]),
    );
  }

  close(): Promise<void> {
    return this.#admin.close();
  }

  #ranges(group: string, topics: readonly string[]): Promise<PartitionRange[]> {
    return brokerWithin(
      messagingPolicy.adminAskMs,
      this.#withAdmin((admin) => rangesOf(admin, group, topics)),
    );
  }

  /**
   * A connection for what names topics: an admin asks for every topic that it ever heard of, and knows none at all once
   * one of them is deleted.
   */
  async #withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#adminClient.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

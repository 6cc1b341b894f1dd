import kafkajs, { type Producer, type TopicMessages } from 'kafkajs';
import { settles, brokerWithin } from '../../deadline.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import type { BrokerProducer, OutgoingRecord } from '../port.js';
import { useRecordEncoder } from './use-own-records.js';

// Named imports see only what Node can read off the CommonJS source, and kafkajs spreads its errors into the exports.
const { KafkaJSError } = kafkajs;

/** Protocol errors about the record itself: sending it again cannot help. */
const REFUSED = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

export class KafkaJsProducer implements BrokerProducer {
  readonly #producer: Producer;
  readonly #prefix: string;

  constructor(producer: Producer, topicPrefix: string) {
    useRecordEncoder();
    this.#producer = producer;
    this.#prefix = topicPrefix;
  }

  async send(records: readonly OutgoingRecord[], options: { timeoutMs: number }): Promise<void> {
    const byTopic = new Map<string, TopicMessages>();
    for (const { topic, key, headers, value } of records) {
      const entry = byTopic.get(topic) ?? { topic: this.#prefix + topic, messages: [] };
      entry.messages.push({ key, value, headers });
      byTopic.set(topic, entry);
    }
    try {
      await brokerWithin(
        options.timeoutMs,
        this.#producer.sendBatch({ acks: -1, topicMessages: [...byTopic.values()] }),
      );
    } catch (error) {
      throw toMessagingError(error);
    }
  }

  async close(): Promise<void> {
    await settles(messagingPolicy.closeMs, this.#producer.disconnect());
  }
}

function toMessagingError(error: unknown): unknown {
  if (!(error instanceof KafkaJSError)) return error;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  return messagingError(REFUSED.has(type) ? 'MSG-REFUSED' : 'MSG-SEND', error.message, {
    details: { type },
    cause: error,
  });
}

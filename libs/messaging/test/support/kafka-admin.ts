import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { testKafkaUrl } from '@dozen/testing';
import { parseKafkaUrl } from '../../src/broker/kafkajs/url.js';

/** What an administrator, or time, does to a broker: not part of the port. Topics by their names without the prefix. */
export async function kafkaAdmin(url = testKafkaUrl()) {
  const { client, topicPrefix } = parseKafkaUrl(url);
  const admin = new Kafka({ ...client, clientId: 'administrator', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  return {
    /** As retention does: the log begins at `offset` from now on. */
    async deleteBefore(topic: string, partition: number, offset: number): Promise<void> {
      // It looks for the leader in what it knows of the topic already.
      await admin.fetchTopicOffsets(topicPrefix + topic);
      await admin.deleteTopicRecords({
        topic: topicPrefix + topic,
        partitions: [{ partition, offset: String(offset) }],
      });
    },
    /** As an operator's `kafka-configs --alter` does. */
    async configure(topic: string, name: string, value: string): Promise<void> {
      const resource = { type: ConfigResourceTypes.TOPIC, name: topicPrefix + topic };
      await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [{ name, value }] }] });
    },
    async deleteTopic(topic: string): Promise<void> {
      await admin.deleteTopics({ topics: [topicPrefix + topic] });
    },
    close: () => admin.disconnect(),
  };
}

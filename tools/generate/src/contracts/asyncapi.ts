import type { Contracts, Message, Topic } from './read.js';

const HEADERS = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', format: 'uuid', description: 'UUIDv7; the same on every delivery' },
    ce_type: { type: 'string' },
    ce_source: { type: 'string', description: 'Who says so' },
    ce_time: { type: 'string', format: 'date-time', description: 'Without it the record’s own time counts' },
    ce_subject: { type: 'string', description: 'The key again' },
    'content-type': { const: 'application/json' },
    traceparent: { type: 'string', description: 'W3C trace context of the creation' },
    correlationid: { type: 'string', maxLength: 128, description: 'Visible ASCII; without it ce_id' },
    causationid: { type: 'string', description: 'ce_id of the message that this one came of' },
  },
};

/** AsyncAPI 3.1: the topics as channels, with an operation per service that receives from them. */
export function asyncApi({ topics, messages }: Contracts): object {
  const of = (topic: string): Message[] => messages.filter((message) => message.topic === topic);
  return {
    asyncapi: '3.1.0',
    info: { title: 'Dozen', version: '1.0.0', description: 'Every command and event. Generated; do not edit it.' },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic.name, channelOf(topic, of(topic.name))])),
    operations: Object.fromEntries(topics.flatMap(({ name }) => receptions(name, of(name)))),
    components: { messages: Object.fromEntries(messages.map((message) => [message.type, componentOf(message)])) },
  };
}

function channelOf({ name, kind, partitions, retentionMs, cleanup }: Topic, messages: readonly Message[]): object {
  return {
    address: name,
    description: kind === 'command' ? 'Commands' : 'Events',
    messages: Object.fromEntries(messages.map(({ type }) => [type, { $ref: ref('messages', type) }])),
    bindings: {
      kafka: {
        topic: name,
        partitions,
        topicConfiguration: { 'cleanup.policy': [cleanup], 'retention.ms': retentionMs },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function componentOf({ name, schema }: Message): object {
  return {
    name,
    contentType: 'application/json',
    headers: HEADERS,
    payload: schema,
    bindings: { kafka: { key: { type: 'string' }, bindingVersion: '0.5.0' } },
  };
}

/** What each service takes from a topic. */
function receptions(topic: string, messages: readonly Message[]): [string, object][] {
  const services = [...new Set(messages.flatMap(({ consumers }) => consumers))].sort();
  return services.map((service) => [
    `${service}.${topic}`,
    {
      action: 'receive',
      channel: { $ref: `#/channels/${topic}` },
      summary: `${service} reads ${topic}`,
      messages: messages
        .filter(({ consumers }) => consumers.includes(service))
        .map(({ type }) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
    },
  ]);
}

function ref(part: string, name: string): string {
  return `#/components/${part}/${name}`;
}

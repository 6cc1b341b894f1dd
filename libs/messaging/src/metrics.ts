import { defineMetrics, DURATION_BUCKETS } from '@dozen/telemetry';

/** What this library measures. See docs/telemetry.md for all of them. */
export const messagingMetrics = defineMetrics({
  processDuration: {
    name: 'messaging.process.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Runs of message handlers, those included whose transaction was rolled back. A message that is handled together ' +
      'with others has its share of the time. error.type when the handler threw.',
    attributes: ['messaging.destination.name', 'dozen.message.type', 'error.type'],
    buckets: DURATION_BUCKETS,
  },
  consumed: {
    name: 'messaging.client.consumed.messages',
    kind: 'counter',
    unit: '{message}',
    description:
      'Messages of the broker by what became of them, counted after the commit: handled, duplicate (its id was known), ' +
      'parked (it failed and will be tried again), waiting (behind its key), dead_letter (an operator must decide).',
    attributes: ['messaging.destination.name', 'dozen.outcome'],
  },
  attempts: {
    name: 'dozen.parked.attempts',
    kind: 'counter',
    unit: '{attempt}',
    description:
      'Attempts at parked messages: handled, gone (somebody else dealt with it), failed (it will be tried again), ' +
      'interrupted (by the infrastructure, not counted), dead_letter (out of attempts, or it ended its process).',
    attributes: ['dozen.outcome'],
  },
  rollbacks: {
    name: 'dozen.batch.retries',
    kind: 'counter',
    unit: '{batch}',
    description: 'Batches that were rolled back for an error of the infrastructure; the partition tries them again.',
    attributes: ['messaging.destination.name', 'error.type'],
  },
  blocked: {
    name: 'dozen.partition.blocked',
    kind: 'gauge',
    unit: 's',
    description:
      'How long a partition has stood still, repeating an error of the infrastructure; error.type is the last one. 0 once ' +
      'it moves again, and for one that never stood still from its first record on.',
    attributes: ['messaging.destination.name', 'messaging.destination.partition.id', 'error.type'],
  },
  sent: {
    name: 'messaging.client.sent.messages',
    kind: 'counter',
    unit: '{message}',
    description: 'Outbox rows that the broker has acknowledged.',
    attributes: ['messaging.destination.name'],
  },
  operationDuration: {
    name: 'messaging.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Answers of the broker: to a batch of the relay (send), to offsets of a consumer (commit).',
    attributes: ['messaging.operation.name', 'error.type'],
    buckets: DURATION_BUCKETS,
  },
  relayBatch: {
    name: 'dozen.relay.batch.size',
    kind: 'histogram',
    unit: '{message}',
    description: 'Outbox rows that the relay sent in one request.',
    attributes: [],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
  },
  outboxAge: {
    name: 'dozen.outbox.age',
    kind: 'gauge',
    unit: 's',
    description:
      'Age of the oldest outbox row that the broker has neither acknowledged nor refused; 0 when there is none.',
    attributes: [],
  },
  outboxDepth: {
    name: 'dozen.outbox.depth',
    kind: 'gauge',
    unit: '{message}',
    description:
      'Outbox rows not acknowledged yet, by the statistics of the server: some seconds old, exact after a vacuum.',
    attributes: [],
  },
  outboxRefused: {
    name: 'dozen.outbox.refused',
    kind: 'gauge',
    unit: '{message}',
    description:
      'Outbox rows that the broker refuses: each holds up its key until an operator decides. 1000 stands for more.',
    attributes: [],
  },
  parked: {
    name: 'dozen.parked.messages',
    kind: 'gauge',
    unit: '{message}',
    description:
      'Messages that are put aside: dead (an operator must decide), retrying, waiting (behind their key). Of the oldest ' +
      '10000; there may be more.',
    attributes: ['dozen.parked.state'],
  },
  lag: {
    name: 'dozen.consumer.lag',
    kind: 'gauge',
    unit: '{message}',
    description: 'Records of a partition that the consumer group has not committed yet.',
    attributes: ['messaging.destination.name', 'messaging.destination.partition.id'],
  },
});

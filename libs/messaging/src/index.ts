export type * from './broker/port.js';
export { type RangeState, stateOf } from './broker/range.js';
export { KafkaJsBroker } from './broker/kafkajs/kafkajs-broker.js';
export { kafkaSection } from './config.js';
export type { MessagingErrorCode } from './errors.js';
export { observeBlocked } from './gauges/blocked.js';
export { observeLag } from './gauges/lag.js';
export { outboxGauges } from './gauges/outbox.js';
export { parkedGauges } from './gauges/parked.js';
export type { BlockedPartition } from './inbox/consume/blocked-partitions.js';
export type { BatchMessage, MessageHandler } from './inbox/handle/handlers.js';
export { HandlerRegistry } from './inbox/handle/handlers.js';
export type { HandlingOptions } from './inbox/handle/handling.js';
export { InboxConsumer, type InboxConsumerOptions } from './inbox/inbox-consumer.js';
export { lockNames } from './inbox/handle/lock-names.js';
export { maintainInboxPartitions } from './inbox/retention.js';
export type { RetryOutcome } from './inbox/retry/attempt-runner.js';
export { messagingMigrations } from './migrations/index.js';
export { Handles, HandlesBatch } from './nest/handles.js';
export { HandlerCollector, KafkaInboxServer } from './nest/kafka-inbox-server.js';
export { type DeadLetter, type DeadLetterContent, listDeadLetters, showDeadLetter } from './operator/dead-letters.js';
export { discardMessage, fixMessage, replayMessage } from './operator/decide.js';
export { checkedNote, decisionsAbout, type OperatorNote, recordDecision } from './operator/decisions.js';
export {
  discardRefused,
  listRefused,
  outboxStatus,
  type OutboxStatus,
  type RefusedMessage,
  resendRefused,
  sendingOf,
  showRefused,
} from './operator/outbox.js';
export { explainOutboxRead } from './outbox/explain.js';
export { Relay } from './outbox/relay.js';
export { OutboxWriter, shardOf } from './outbox/writer.js';
export { messagingPolicy } from './policy.js';

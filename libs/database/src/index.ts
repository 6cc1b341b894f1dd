export { clientKeepAlive, lastWords } from './clients.js';
export { columns, safeInteger } from './columns.js';
export { type ConnectionShare, databaseConnections } from './connections.js';
export * from './data-source.js';
export { DAY_MS, type DayPartitions, maintainDayPartitions, partitionedDays } from './day-partitions.js';
export * from './errors.js';
export { NOT_FLUSHED, SESSION_SETTINGS, sessionOptions } from './session-settings.js';
export { type DatabaseGauges, observeDatabase } from './gauges.js';
export { discardFailedJob, failedJob, failedJobs, type FailedJob, retryFailedJob } from './jobs/failed.js';
export { jobGauges } from './jobs/gauges.js';
export { installJobs, missingQueues } from './jobs/install.js';
export * from './jobs/jobs.js';
export type { EnqueueOptions } from './jobs/producer.js';
export * from './jobs/queue.js';
export * from './migrations.js';
export {
  type NotificationListener,
  ChangeNotifications,
  type ChangeNotificationsOptions,
} from './change-notifications.js';
export { POSTGRES } from './postgres-url.js';
export { DatabaseProbe } from './probe.js';
export * from './section.js';
export * from './sqlstate.js';
export { PLANNED_ANEW } from './statement-names.js';
export { tableGauges } from './tables.js';
export { type BatchWriter, type BufferedWrite, writeBatches } from './unit/batch-writer.js';
export { batched } from './unit/batched.js';
export * from './unit/outbox-port.js';
export * from './unit/policy.js';
export * from './unit/transaction.js';
export * from './unit/unit-of-work.js';
export * from './unit/units-of-work.js';

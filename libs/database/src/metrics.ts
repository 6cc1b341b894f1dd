import { defineMetrics, DURATION_BUCKETS, QUICK_BUCKETS } from '@dozen/telemetry';

/** What this library measures. See docs/telemetry.md for all of them. */
export const databaseMetrics = defineMetrics({
  operationDuration: {
    name: 'db.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Answers of PostgreSQL, from the call of a statement to its result; of the pool of the service.',
    attributes: ['db.system.name', 'db.operation.name', 'error.type'],
    buckets: QUICK_BUCKETS,
  },
  waitTime: {
    name: 'db.client.connection.wait_time',
    kind: 'histogram',
    unit: 's',
    description: 'How long a connection of the pool was waited for, new ones included.',
    attributes: ['db.client.connection.pool.name', 'error.type'],
    buckets: QUICK_BUCKETS,
  },
  useTime: {
    name: 'db.client.connection.use_time',
    kind: 'histogram',
    unit: 's',
    description: 'How long a connection of the pool was held: a transaction, or one statement.',
    attributes: ['db.client.connection.pool.name'],
    buckets: QUICK_BUCKETS,
  },
  connections: {
    name: 'db.client.connection.count',
    kind: 'gauge',
    unit: '{connection}',
    description: 'Connections of the pool.',
    attributes: ['db.client.connection.pool.name', 'db.client.connection.state'],
  },
  mostConnections: {
    name: 'db.client.connection.max',
    kind: 'gauge',
    unit: '{connection}',
    description: 'The most connections that the pool opens (DATABASE_POOL_MAX).',
    attributes: ['db.client.connection.pool.name'],
  },
  waiting: {
    name: 'db.client.connection.pending_requests',
    kind: 'gauge',
    unit: '{request}',
    description: 'Who waits for a connection of the pool at this moment.',
    attributes: ['db.client.connection.pool.name'],
  },
  tableSize: {
    name: 'dozen.table.size',
    kind: 'gauge',
    unit: 'By',
    description: 'Tables of messaging, jobs and idempotency keys, with their indexes and large values.',
    attributes: ['db.collection.name'],
  },
  tableRows: {
    name: 'dozen.table.rows',
    kind: 'gauge',
    unit: '{row}',
    description: 'Their rows, by the statistics of the server: some seconds old, exact after a vacuum.',
    attributes: ['db.collection.name'],
  },
  jobDuration: {
    name: 'dozen.job.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Attempts at jobs, settling included: completed, failed (it will be tried again), dead (out of attempts), lost (too ' +
      'slow: its result was dropped).',
    attributes: ['dozen.queue', 'dozen.outcome', 'error.type'],
    buckets: DURATION_BUCKETS,
  },
  jobs: {
    name: 'dozen.jobs',
    kind: 'gauge',
    unit: '{job}',
    description:
      'Jobs that are not done, as the supervisor of the queues counted them last; failed ones need an operator.',
    attributes: ['dozen.queue', 'dozen.job.state'],
  },
  dueAge: {
    name: 'dozen.jobs.due.age',
    kind: 'gauge',
    unit: 's',
    description: 'For how long the oldest job that nobody has taken has been due; 0 when there is none.',
    attributes: ['dozen.queue'],
  },
});

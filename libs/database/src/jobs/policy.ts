/** The schema that pg-boss owns in the service's database. */
export const JOBS_SCHEMA = 'pgboss';

/** pg-boss' own metrics bear the names of Kafka's (messaging.*), and know nothing of how an attempt was settled. */
export const bossTelemetry = { enabled: false } as const;

/*
 * | value                        | reason                                                                            |
 * | heartbeatSeconds 10          | pg-boss' minimum: a killed worker's job is taken over after 10 s to 15 s           |
 * | heartbeatRefreshSeconds 3    | two heartbeats may be lost before a live worker loses its job                           |
 * | superviseIntervalSeconds 5   | how often expired and silent jobs are looked for: a dozen statements, and one reads all jobs, so done ones are deleted at once |
 * | monitorIntervalSeconds 5     | the same, per queue: the longer of the two counts                                  |
 * | dueLookMs 1 s                | between looks for jobs that are due, of all queues: a retry, a delayed job, one whose notification was lost |
 * | keepFailedSeconds 14 d       | how long an operator has to see to a failed job; a job that is done is kept no moment |
 * | keepQueuedSeconds 90 d       | a job that nobody took: longer than any outage, and yet a bound                    |
 * | poolMax 4                    | fetch, look, heartbeat, supervise; not the service's pool, which may be full of slow units |
 * | settleTogether 50           | answers that share a transaction: past it a COMMIT is a small part, and one that fails costs as many again |
 * | settleRetry 100 ms to 2 s    | between attempts to settle while the database is away                              |
 * | stopTimeoutMs 20 s           | within the 30 s of the drain; then the job is given back and retried elsewhere     |
 */
export const jobsPolicy = {
  heartbeatSeconds: 10,
  heartbeatRefreshSeconds: 3,
  superviseIntervalSeconds: 5,
  monitorIntervalSeconds: 5,
  dueLookMs: 1_000,
  keepFailedSeconds: 14 * 24 * 60 * 60,
  keepQueuedSeconds: 90 * 24 * 60 * 60,
  poolMax: 4,
  settleTogether: 50,
  stopTimeoutMs: 20_000,
  settleRetry: { firstMs: 100, mostMs: 2_000 },
} as const;

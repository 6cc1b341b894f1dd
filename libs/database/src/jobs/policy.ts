/** The schema that pg-boss owns in the service's database. */
export const JOBS_SCHEMA = 'pgboss';

/** pg-boss' own metrics bear the names of Kafka's (messaging.*), and know nothing of how an attempt was settled. */
export const bossTelemetry = { enabled: false } as const;

/*
 * | value                        | reason                                                                            |
 * | heartbeatSeconds 10          | pg-boss' minimum: a killed worker's job is taken over after 10 s to 12 s           |
 * | heartbeatRefreshSeconds 3    | two beats may be lost before a live worker loses its job                           |
 * | superviseIntervalSeconds 2   | how often expired and silent jobs are looked for: a dozen statements, and one reads all jobs, so done ones are deleted at once |
 * | monitorIntervalSeconds 2     | the same, per queue: the longer of the two counts                                  |
 * | pollingIntervalSeconds 0.5   | since a queue's last fetch; what a retry or a delayed job waits at most beyond its time |
 * | keepFailedSeconds 14 d       | how long an operator has to see to a failed job; a job that is done is kept no moment |
 * | keepQueuedSeconds 90 d       | a job that nobody took: longer than any outage, and yet a bound                    |
 * | poolMax 4                    | fetch, heartbeat, supervise; not the service's pool, which may be full of slow units |
 * | listenRetryMs 1 s            | before a lost LISTEN is tried again: polling covers for it                         |
 * | listenBeatMs 30 s            | how long a LISTEN that hears nothing is believed                                   |
 * | listenAnswerMs 5 s           | what its server may take for an answer                                             |
 * | settleTogether 50           | answers that share a transaction: past it a COMMIT is a small part, and one that fails costs as many again |
 * | stopTimeoutMs 20 s           | within the 30 s of the drain; then the job is given back and retried elsewhere     |
 */
export const jobsPolicy = {
  heartbeatSeconds: 10,
  heartbeatRefreshSeconds: 3,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  pollingIntervalSeconds: 0.5,
  keepFailedSeconds: 14 * 24 * 60 * 60,
  keepQueuedSeconds: 90 * 24 * 60 * 60,
  poolMax: 4,
  listenRetryMs: 1_000,
  listenBeatMs: 30_000,
  listenAnswerMs: 5_000,
  settleTogether: 50,
  stopTimeoutMs: 20_000,
  /** Between attempts to settle while the database is away; doubles up to the second value. */
  settleRetryMs: [100, 2_000],
} as const;

/**
 * How long a session store is waited for.
 *
 * | name | why this value |
 * |---|---|
 * | timeoutMs | no request with a session can go on without its answer; one that takes longer is refused with 503 and comes again |
 * | poolMax | connections to PostgreSQL: a question takes a millisecond |
 * | poolIdleMs | a process that is not asked holds no connection |
 * | redisQueue | commands that wait for a Redis that hangs; more are refused at once |
 */
export const sessionPolicy = {
  timeoutMs: 1_000,
  poolMax: 4,
  poolIdleMs: 10_000,
  redisQueue: 1_000,
};

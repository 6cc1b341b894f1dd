/**
 * How much a cache may cost those who ask it.
 *
 * | name | why this value |
 * |---|---|
 * | timeoutMs | an answer of a cache takes a millisecond; who waits longer than this had better ask the source. Long enough for a pause of a busy process |
 * | retryMs | after a failure nobody asks for so long: a request in a second or so pays for finding out whether it is back |
 * | poolMax | connections to PostgreSQL: questions of one key are joined, and each takes a millisecond |
 * | poolIdleMs | a process that is not asked holds no connection |
 * | redisQueue | commands that wait for a Redis that hangs; more are refused at once |
 */
export const cachePolicy = {
  timeoutMs: 250,
  retryMs: 1_000,
  poolMax: 2,
  poolIdleMs: 10_000,
  redisQueue: 100,
};
export type CachePolicy = Readonly<typeof cachePolicy>;

/** Deadlines of the launcher, with the reason for each. All in ms. */
export const POLICY = {
  /** A service is ready in under 1 s alone; four at once on two busy cores take a few. */
  readyDeadlineMs: 60_000,
  /** How often a start looks at /readyz: the measured time to ready is off by at most this. */
  readyPollMs: 50,
  /** How long one service may drain. The deployed default of 30 s is for requests that this machine does not have. */
  shutdownDeadlineMs: 10_000,
  /** SIGKILL comes after the service's own deadline, so that its log can name what hung. */
  stopDeadlineMs: 12_000,
  /** migrate and seed: 1 s alone, each with a whole process start. */
  adminDeadlineMs: 120_000,
  /** Both can be repeated; a platform's job runner would try again too. */
  adminAttempts: 2,
  /** The first order on cold processes: consumers join, pools fill. */
  orderDeadlineMs: 60_000,
  orderPollMs: 25,
  /** How often logs are looked at for warnings to show. */
  followMs: 200,
  /** A service that dies is started again, as a platform would do; one that dies this often in this time is broken. */
  restarts: 3,
  restartWindowMs: 60_000,
  restartDelayMs: 500,
  /** The demo token lives for an hour; the file that the curl lines read is renewed well before. */
  tokenRenewMs: 20 * 60_000,
} as const;

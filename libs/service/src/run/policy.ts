/**
 * How long a process waits before it takes itself for stuck. In ms.
 *
 * | name | why this value |
 * |---|---|
 * | stalledMs | several deadlines of a batch (10 s): what is merely slow ends by then, and a rollout is not held up by it |
 * | watchdogEveryMs | a stuck consumer leaves its group within this after it counts as stuck |
 * | pingMs | a broker that takes longer counts as away; shorter than the second that a health check has |
 */
export const servicePolicy = {
  stalledMs: 60_000,
  watchdogEveryMs: 5_000,
  pingMs: 800,
};

export type ServicePolicy = Readonly<typeof servicePolicy>;

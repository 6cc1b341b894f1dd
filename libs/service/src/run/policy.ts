/**
 * How long a process waits before it takes itself for stuck, or what it needs for away. In ms.
 *
 * | name | why this value |
 * |---|---|
 * | stalledMs | several deadlines of a batch (10 s): what is merely slow ends by then, and a rollout is not held up by it |
 * | stallCheckMs | a stuck consumer leaves its group within this after it counts as stuck |
 * | blockedMs | a loop that needs longer for half of its turns answers nobody in time |
 * | pingMs | a broker that takes longer counts as away; shorter than the second that a health check has |
 * | databaseGraceMs | a failover of a proxy or a stall of 1 s would make every process unready at once; requests wait so long |
 * | brokerGraceMs | a rejoin takes up to 3 s, and no request needs the broker: the outbox takes what is written |
 */
export const servicePolicy = {
  stalledMs: 60_000,
  stallCheckMs: 5_000,
  blockedMs: 1_000,
  pingMs: 800,
  databaseGraceMs: 2_000,
  brokerGraceMs: 5_000,
};

export type ServicePolicy = Readonly<typeof servicePolicy>;

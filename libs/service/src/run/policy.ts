import { livenessPolicy } from '@dozen/shutdown';

/**
 * How long a service waits before it takes itself for stuck, or what it needs for away. In ms.
 *
 * | name | why this value |
 * |---|---|
 * | stalledMs, blockedMs | those of `livenessPolicy` |
 * | stallCheckMs | a stuck consumer leaves its group within this after it counts as stuck |
 * | pingMs | a broker that takes longer counts as away; shorter than the second that a health check has |
 * | databaseGraceMs | a failover of a proxy or a stall of 1 s would make every process unready at once; requests wait so long |
 * | brokerGraceMs | a rejoin takes up to 3 s, and no request needs the broker: the outbox takes what is written |
 */
export const servicePolicy = {
  stalledMs: livenessPolicy.stalledMs,
  blockedMs: livenessPolicy.blockedMs,
  stallCheckMs: 5_000,
  pingMs: 800,
  databaseGraceMs: 2_000,
  brokerGraceMs: 5_000,
};

export type ServicePolicy = Readonly<typeof servicePolicy>;

import { setTimeout as sleep } from 'node:timers/promises';
import { type Produced, produceRaw } from '@dozen/testing';

/** Error codes of Kafka's protocol that say nothing about the record: LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER. */
const NO_LEADER: ReadonlySet<number> = new Set([5, 6]);
const TIMEOUT_MS = 15_000;
const AGAIN_MS = 200;

/**
 * As `produceRaw`, and again while the partition has no leader: on a machine at its limit the broker of this rig, which is its
 * own controller and has a second for each heartbeat, was seen to have none for a moment.
 */
export async function produce(...args: Parameters<typeof produceRaw>): Promise<Produced> {
  const began = performance.now();
  for (;;) {
    const answer = await produceRaw(...args);
    if (!NO_LEADER.has(answer.errorCode) || performance.now() - began > TIMEOUT_MS) return answer;
    await sleep(AGAIN_MS);
  }
}

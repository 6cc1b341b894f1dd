import type { BrokerPort } from '../broker/port.js';
import type { ConformanceCase } from './case.js';
import { groupClaims } from './groups.js';
import { packedClaims } from './packed.js';
import { readingClaims } from './reading.js';
import { ConformanceRig } from './rig.js';
import { sendingClaims } from './sending.js';
import type { StrangersProducer } from './stranger.js';
import { topicClaims } from './topics.js';

export type { ConformanceCase } from './case.js';
export type { StrangersProducer, StrangersRecord } from './stranger.js';

export interface ConformanceOptions {
  /** The adapter, against a real broker. Called once per case, which closes what it gets. */
  readonly makeBroker: () => BrokerPort;
  /** Writes to the same broker. */
  readonly stranger: StrangersProducer;
}

/**
 * What every broker adapter must do for outbox and inbox to keep their promises, as cases that need nothing of each other.
 * They make topics and groups with names of their own, and leave them.
 */
export function brokerConformance({ makeBroker, stranger }: ConformanceOptions): ConformanceCase[] {
  const claims = [...topicClaims, ...readingClaims, ...packedClaims(stranger), ...groupClaims, ...sendingClaims];
  return claims.map(({ name, holds }) => ({
    name,
    async run() {
      const rig = new ConformanceRig(makeBroker(), stranger);
      try {
        await holds(rig);
      } finally {
        await rig.close();
      }
    },
  }));
}

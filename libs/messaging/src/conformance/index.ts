import type { BrokerPort } from '../broker/port.js';
import type { ConformanceCase } from './case.js';
import { groupClaims } from './groups.js';
import { packedClaims } from './packed.js';
import { readingClaims } from './reading.js';
import { ConformanceRig } from './rig.js';
import { sendingClaims } from './sending.js';
import type { ExternalProducer } from './external-producer.js';
import { topicClaims } from './topics.js';

export type { ConformanceCase } from './case.js';
export type { ExternalProducer, ExternalRecord } from './external-producer.js';

export interface ConformanceOptions {
  /** The adapter, against a real broker. Called once per case, which closes what it gets. */
  readonly makeBroker: () => BrokerPort;
  /** Writes to the same broker. */
  readonly externalProducer: ExternalProducer;
}

/**
 * What every broker adapter must do for outbox and inbox to keep their promises, as cases that need nothing of each other.
 * They make topics and groups with names of their own, and leave them.
 */
export function brokerConformance({ makeBroker, externalProducer }: ConformanceOptions): ConformanceCase[] {
  const claims = [
    ...topicClaims,
    ...readingClaims,
    ...packedClaims(externalProducer),
    ...groupClaims,
    ...sendingClaims,
  ];
  return claims.map(({ name, holds }) => ({
    name,
    async run() {
      const rig = new ConformanceRig(makeBroker(), externalProducer);
      try {
        await holds(rig);
      } finally {
        await rig.close();
      }
    },
  }));
}

import type { MessageContract, TopicDeclaration } from '@dozen/kernel';
import { z } from 'zod';

export const parcelEvents: TopicDeclaration = {
  name: 'parcels.events',
  kind: 'event',
  partitions: 4, // for good: another number would break the order per key
  retentionMs: 7 * 24 * 60 * 60 * 1000, // at most 14 days: so long the inbox knows an id
  cleanup: 'delete',
};

const schema = z.object({ parcelId: z.uuid() });

export const ParcelAccepted: MessageContract<z.output<typeof schema>> = {
  name: 'ParcelAccepted',
  version: 1,
  type: 'example.ParcelAccepted.v1',
  kind: 'event',
  topic: parcelEvents,
  schema,
  key: ({ parcelId }) => parcelId, // events of one parcel are handled in their order
};

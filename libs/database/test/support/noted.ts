import type { MessageContract } from '@dozen/kernel';
import { z } from 'zod';

export const Noted: MessageContract<{ key: string; n: number }> = {
  name: 'Noted',
  version: 1,
  type: 'test.Noted.v1',
  kind: 'event',
  topic: { name: 'test', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' },
  schema: z.object({ key: z.string().min(1), n: z.int() }),
  key: (payload) => payload.key,
};

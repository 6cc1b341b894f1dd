import type { MessageContract, TopicDeclaration } from '@dozen/kernel';
import { z } from 'zod';

const payload = z.object({ key: z.string(), n: z.number(), pad: z.string() });
export type Numbered = z.output<typeof payload>;

const PAYLOAD_BYTES = 300;

/** An event that carries its number within its key, so that a reader of the log can judge order and loss. */
export function numberedEvent(topic: TopicDeclaration): MessageContract<Numbered> {
  const name = 'Numbered';
  return { name, version: 1, type: 'bench.Numbered.v1', kind: 'event', topic, schema: payload, key: ({ key }) => key };
}

/** 300 bytes of JSON. */
export function numbered(key: string, n: number): Numbered {
  const bare = JSON.stringify({ key, n, pad: '' }).length;
  return { key, n, pad: 'x'.repeat(Math.max(0, PAYLOAD_BYTES - bare)) };
}

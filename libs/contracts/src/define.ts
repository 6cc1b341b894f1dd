import type { MessageContract, TopicDeclaration } from '@dozen/kernel';
import type { z } from 'zod';

/** Declares a message type. Its kind is its topic's: a topic carries commands or events, never both. */
export function defineMessage<S extends z.ZodType>(contract: {
  name: string;
  version: number;
  topic: TopicDeclaration;
  schema: S;
  key: (payload: z.output<S>) => string;
}): MessageContract<z.output<S>> & { readonly schema: S } {
  return { ...contract, kind: contract.topic.kind, type: `dozen.${contract.name}.v${contract.version}` };
}

import type { MessageContract, ReplacedVersion, TopicDeclaration } from '@dozen/kernel';
import type { z } from 'zod';

/**
 * Declares a message type. Its kind is its topic's: a topic carries commands or events, never both. A version after the
 * first names the one that it replaces, with the upcaster from it: docs/evolution.md has the steps.
 */
export function defineMessage<S extends z.ZodType, Old = unknown>(contract: {
  name: string;
  version: number;
  topic: TopicDeclaration;
  schema: S;
  key: (payload: z.output<S>) => string;
  announced?: boolean;
  replaces?: ReplacedVersion<Old, z.input<S>>;
}): MessageContract<z.output<S>> & { readonly schema: S } {
  return { ...contract, kind: contract.topic.kind, type: `dozen.${contract.name}.v${contract.version}` };
}

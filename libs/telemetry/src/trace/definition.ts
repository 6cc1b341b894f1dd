import type { SpanAttribute } from './attributes.js';

/** By the OpenTelemetry semantic conventions. */
export interface SpanDefinition {
  /** A pattern: `{message}` and the like stand for what differs, of low cardinality. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly description: string;
  readonly attributes: readonly SpanAttribute[];
}

/** Values by attribute; one that does not apply is left out. Others than the definition's do not compile. */
export type SpanAttributesOf<D extends SpanDefinition> = {
  readonly [A in D['attributes'][number]]?: string | number | boolean;
};

export function defineSpans<const T extends Readonly<Record<string, SpanDefinition>>>(spans: T): T {
  return spans;
}

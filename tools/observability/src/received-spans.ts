import { z } from 'zod';
import { attributes, plain } from './received.js';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number().transform((kind) => KINDS[kind] ?? 'unspecified'),
  attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().default(0) }).optional(),
});

/** A request to /v1/traces in OTLP's JSON encoding, as far as it is used here. */
export const traceRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined of a root. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly failed: boolean;
  readonly resource: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

const ERROR = 2;

export function spansIn(request: z.output<typeof traceRequest>): ReceivedSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const of = plain(resource.attributes);
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ status, parentSpanId, attributes: given, ...rest }) => ({
        ...rest,
        parentSpanId: parentSpanId || undefined,
        failed: status?.code === ERROR,
        resource: of,
        attributes: plain(given),
      }));
  });
}

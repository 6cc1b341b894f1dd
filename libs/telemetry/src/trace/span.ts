import {
  type Context,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { errorType } from '../metrics/attributes.js';
import { childTrace, currentTrace, newTrace, runWithTrace, type TraceContext } from './context.js';
import type { SpanAttributesOf, SpanDefinition } from './definition.js';
import { sdkTracerProvider } from './provider.js';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const SCOPE = 'dozen';
/** Links beyond this are not sent: 128 is also the standard's limit. */
export const MOST_LINKS = 128;
const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

export interface SpanStart<D extends SpanDefinition> {
  /** In place of the definition's pattern. */
  readonly name: string;
  readonly attributes: SpanAttributesOf<D>;
  /**
   * The parent span. By default the current trace, or a new trace when there is none. `null` begins a new trace in any case.
   */
  readonly parent?: TraceContext | null | undefined;
  /**
   * The `traceparent` of each span that this span has to do with without being its child. A text that is no `traceparent` is
   * left out.
   */
  readonly links?: readonly (string | undefined)[];
}

/** A span that has begun. `end` must be called, once. */
export interface OpenSpan<D extends SpanDefinition> {
  /** What everything within carries on: the span's own. */
  readonly trace: TraceContext;
  set(attributes: SpanAttributesOf<D>): void;
  /** Ends the span, with the error when it failed: its code becomes `error.type`. */
  end(error?: { readonly thrown: unknown }): void;
}

/** Whether somebody collects spans. */
export function tracingOn(): boolean {
  return tracer() !== undefined;
}

/**
 * Begins a span. Without an SDK it is only an id: log lines and messages carry a trace all the same.
 * For what is awaited `inSpan` is simpler.
 */
export function openSpan<D extends SpanDefinition>(definition: D, start: SpanStart<D>): OpenSpan<D> {
  const parent = start.parent === null ? undefined : (start.parent ?? currentTrace());
  const begun = begin(definition, start, parent);
  if (begun === undefined) return { trace: childTrace(parent), set: () => undefined, end: () => undefined };
  return {
    trace: traceOf(begun, parent),
    set: (attributes) => void begun.setAttributes(attributes),
    end: (error) => {
      if (error !== undefined) fail(begun, error.thrown);
      begun.end();
    },
  };
}

/** Runs `work`, and all that it awaits, within a span; log lines are the span's. Settles as `work` does. */
export async function inSpan<D extends SpanDefinition, T>(
  definition: D,
  start: SpanStart<D>,
  work: (span: OpenSpan<D>) => Promise<T>,
): Promise<T> {
  const span = openSpan(definition, start);
  try {
    const result = await runWithTrace(span.trace, () => work(span));
    span.end();
    return result;
  } catch (thrown) {
    span.end({ thrown });
    throw thrown;
  }
}

/** Begins and ends a span at once, and returns the context to carry on. Without an SDK that is `parent` itself. */
export function markSpan<D extends SpanDefinition>(
  definition: D,
  { parent, ...start }: SpanStart<D> & { readonly parent: TraceContext },
): TraceContext {
  const begun = begin(definition, start, parent);
  begun?.end();
  return begun === undefined ? parent : traceOf(begun, parent);
}

function begin<D extends SpanDefinition>(
  definition: D,
  { name, attributes, links = [] }: Omit<SpanStart<D>, 'parent'>,
  parent: TraceContext | undefined,
): Span | undefined {
  return tracer()?.startSpan(
    name,
    { kind: KINDS[definition.kind], attributes, links: links.flatMap(linkTo) },
    parent === undefined ? ROOT_CONTEXT : contextOf(parent.traceparent),
  );
}

/** Undefined without an SDK. */
function tracer(): Tracer | undefined {
  return sdkTracerProvider()?.getTracer(SCOPE);
}

function contextOf(traceparent: string): Context {
  const spanContext = spanContextOf(traceparent);
  return spanContext === undefined ? ROOT_CONTEXT : trace.setSpanContext(context.active(), spanContext);
}

function spanContextOf(traceparent: string) {
  const parsed = parseTraceparent(traceparent);
  if (parsed === undefined) return undefined;
  const { traceId, spanId, sampled } = parsed;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function linkTo(traceparent: string | undefined): Link[] {
  const linked = traceparent === undefined ? undefined : spanContextOf(traceparent);
  return linked === undefined ? [] : [{ context: linked }];
}

/** The span as what is carried: in messages, jobs, headers and log lines. */
function traceOf(span: Span, parent: TraceContext | undefined): TraceContext {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const base = parent ?? newTrace();
  if (!isSpanContextValid(span.spanContext())) return base;
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  // Whoever made the trace id said whether it is random; the standard has it carried on unchanged.
  const random = parseTraceparent(base.traceparent)?.random ?? true;
  return { ...base, traceparent: formatTraceparent({ traceId, spanId, sampled, random }) };
}

function fail(span: Span, thrown: unknown): void {
  span.setAttribute('error.type', errorType(thrown));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '@dozen/kernel';
import { childOf, newTraceparent, parseTraceparent } from './traceparent.js';
import type { TraceParent } from './traceparent.js';

/** What is carried from the request through outbox row, record and job to the last effect. */
export interface TraceContext {
  /** Of the span that is running. */
  readonly traceparent: string;
  /** One id for everything that follows from one request. */
  readonly correlationId: string;
  /** Id of the message that is being handled. */
  readonly causationId?: string | undefined;
}

/** Fields of every log line within a scope, by the name they have in the line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

interface Scope {
  readonly trace?: TraceContext;
  /** Parsed once per scope, not once per log line. */
  readonly parent?: TraceParent | undefined;
  readonly fields: LogFields;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Undefined outside of `runWithTrace`. */
export function currentTrace(): TraceContext | undefined {
  return scopes.getStore()?.trace;
}

/** Runs `fn`, and all that it awaits, in this context. Log fields of the outer scope stay. */
export function runWithTrace<T>(trace: TraceContext, fn: () => T): T {
  const fields = scopes.getStore()?.fields ?? {};
  return scopes.run({ trace, parent: parseTraceparent(trace.traceparent), fields }, fn);
}

/** The start of a trace that nobody asked for: a timer, an admin process, a request without `traceparent`. */
export function newTrace(): TraceContext {
  return { traceparent: newTraceparent(), correlationId: newId() };
}

/** What something begun now should carry: a child of the current span, or a new trace when there is none. */
export function childTrace(parent: TraceContext | undefined = currentTrace()): TraceContext {
  return parent === undefined ? newTrace() : { ...parent, traceparent: childOf(parent.traceparent) };
}

/** Adds fields to every log line of `fn` and all that it awaits; inner scopes win. */
export function withLogFields<T>(fields: LogFields, fn: () => T): T {
  const outer = scopes.getStore();
  return scopes.run({ ...outer, fields: { ...outer?.fields, ...fields } }, fn);
}

/** A fresh object per call: pino writes the caller's fields into it. */
export function scopeFields(): Record<string, unknown> {
  const scope = scopes.getStore();
  if (scope === undefined) return {};
  const { parent, fields } = scope;
  return parent === undefined ? { ...fields } : { trace_id: parent.traceId, span_id: parent.spanId, ...fields };
}

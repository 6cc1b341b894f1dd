export { createLogger } from './log/logger.js';
export type { LogDestination, Logger, LoggerOptions, LogLevel } from './log/logger.js';
export { NestLogger } from './log/nest-logger.js';
export { prettyLine } from './log/pretty.js';
export { redactFields, scrubText } from './log/redact.js';
export { type AttributeValue, errorType, type MetricAttribute, metricAttributes, OTHER } from './metrics/attributes.js';
export {
  type AttributesOf,
  type CounterDefinition,
  defineMetrics,
  DURATION_BUCKETS,
  type GaugeDefinition,
  type HistogramDefinition,
  type MetricDefinition,
  QUICK_BUCKETS,
  type RecordedDefinition,
} from './metrics/definition.js';
export {
  type GaugesOptions,
  metersOn,
  type Observe,
  observeGauges,
  type Recorder,
  recorder,
} from './metrics/instruments.js';
export { stopwatch, type Timer, timer } from './metrics/timer.js';
export { logSdkTo } from './sdk/log.js';
export { telemetrySection } from './sdk/section.js';
export { stopTelemetry } from './sdk/stop.js';
export { type SpanAttribute, spanAttributes } from './trace/attributes.js';
export { childTrace, currentTrace, newTrace, runWithTrace, withLogFields } from './trace/context.js';
export type { LogFields, TraceContext } from './trace/context.js';
export { childOf, formatTraceparent, newTraceparent, parseTraceparent } from './trace/traceparent.js';
export type { TraceParent } from './trace/traceparent.js';
export type { SpanAttributesOf, SpanDefinition } from './trace/definition.js';
export { inSpan, markSpan, MOST_LINKS, type OpenSpan, openSpan, type SpanStart, tracingOn } from './trace/span.js';
export { spanCatalogue, spans } from './trace/spans.js';

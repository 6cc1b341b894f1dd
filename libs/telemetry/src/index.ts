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
export { childTrace, currentTrace, newTrace, runWithTrace, withLogFields } from './trace/context.js';
export type { LogFields, TraceContext } from './trace/context.js';
export { childOf, formatTraceparent, newTraceparent, parseTraceparent } from './trace/traceparent.js';
export type { TraceParent } from './trace/traceparent.js';

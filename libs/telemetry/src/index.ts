export { createLogger } from './log/logger.js';
export type { LogDestination, Logger, LoggerOptions, LogLevel } from './log/logger.js';
export { NestLogger } from './log/nest-logger.js';
export { prettyLine } from './log/pretty.js';
export { redactFields, scrubText } from './log/redact.js';
export { childTrace, currentTrace, newTrace, runWithTrace, withLogFields } from './trace/context.js';
export type { LogFields, TraceContext } from './trace/context.js';
export { childOf, formatTraceparent, newTraceparent, parseTraceparent } from './trace/traceparent.js';
export type { TraceParent } from './trace/traceparent.js';

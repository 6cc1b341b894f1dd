import { pino, stdTimeFunctions } from 'pino';
import { scopeFields } from '../trace/context.js';
import { prettyStream } from './pretty.js';
import { redactFields, scrubText } from './redact.js';

export type Logger = pino.Logger;
export type LogLevel = pino.LevelWithSilent;
export type LogDestination = pino.DestinationStream;

export interface LoggerOptions {
  readonly service: string;
  /** Release id: the same on every line of one build. */
  readonly release: string;
  readonly level: LogLevel;
  /** For people at a terminal. Off unless the caller asks: a log is a stream of JSON lines (twelve-factor XI). */
  readonly pretty?: boolean;
  /** Default: stdout, written synchronously, so that nothing is lost when the process exits. */
  readonly destination?: LogDestination;
}

/**
 * JSON lines with `time` (ISO 8601, UTC), `level` (its name), `service`, `release`, `msg`, and `trace_id`, `span_id`
 * and the fields of `withLogFields` where they are known. Secrets and personal data are hidden in fields, bindings of
 * child loggers, errors and messages.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service, release: options.release },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      // Errors are turned into objects by redactFields; pino's own serializer would take those for errors again.
      serializers: {
        err: (value: unknown) => value,
        msg: (value: unknown) => (typeof value === 'string' ? scrubText(value) : value),
      },
      mixin: scopeFields,
    },
    options.pretty === true ? prettyStream(destination) : destination,
  );
  redactBindings(logger);
  return logger;
}

/** pino applies no formatter to the bindings of a child; children inherit this property from the root. */
function redactBindings(logger: Logger): void {
  const original: { child: Logger['child']; setBindings: Logger['setBindings'] } = logger;
  const { child, setBindings } = original;
  Object.assign(logger, {
    child(this: unknown, bindings: pino.Bindings, options?: pino.ChildLoggerOptions): unknown {
      return Reflect.apply(child, this, [redactFields(bindings), options]);
    },
    setBindings(this: unknown, bindings: pino.Bindings): void {
      Reflect.apply(setBindings, this, [redactFields(bindings)]);
    },
  });
}

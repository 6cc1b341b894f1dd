import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';
import { redactFields } from './redact.js';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Nest's own lines through pino: `NestFactory.create(module, adapter, { logger: new NestLogger(logger) })`. Nest calls
 * `(message, …more, context)`, and for errors `(message, stack, context)`; the level is pino's, not Nest's.
 */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Nest's start-up lines; they say little, so they are debug lines here. */
  log(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const { context, stack, error, extra } = sortOut(message, rest);
    const err = error ?? (stack === undefined ? undefined : { message: text(message), stack });
    const fields = { ...(context === undefined ? {} : { context }), ...(err === undefined ? {} : { err }), ...extra };
    this.#logger[level](fields, text(message));
  }
}

interface Parts {
  readonly context?: string;
  readonly stack?: string;
  readonly error?: Error;
  readonly extra?: { readonly extra: readonly unknown[] };
}

/** Which of Nest's unnamed parameters is what: the last text is the context, a text with stack lines is a stack. */
function sortOut(message: unknown, rest: readonly unknown[]): Parts {
  const values = rest.filter((value) => value !== undefined);
  const stack = values.find((value) => typeof value === 'string' && /^\s+at /m.test(value));
  const others = values.filter((value) => value !== stack);
  const last = others.at(-1);
  const context = typeof last === 'string' ? last : undefined;
  const remaining = context === undefined ? others : others.slice(0, -1);
  const error = [message, ...remaining].find((value) => value instanceof Error);
  const extra = remaining.filter((value) => value !== error);
  return {
    ...(context === undefined ? {} : { context }),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(error instanceof Error ? { error } : {}),
    ...(extra.length === 0 ? {} : { extra: { extra } }),
  };
}

function text(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Error) return message.message;
  return typeof message === 'object' && message !== null ? JSON.stringify(redactFields(message)) : String(message);
}

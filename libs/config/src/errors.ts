import { DozenError } from '@dozen/kernel';
import { renderMistakes } from './mistakes.js';
import type { Mistake } from './mistakes.js';

/** Every code that this library throws. */
export const CONFIG_ERRORS = {
  /** The environment is wrong: an operator's mistake. Never thrown for less than all that is wrong. */
  'CONFIG-INVALID': 'The environment does not satisfy the schema; `mistakes` lists everything that is wrong.',
  /** The schema itself is wrong: a programmer's mistake, found at the first start. */
  'CONFIG-SCHEMA': 'A section or config declares a name twice, a name that is no environment name, or no description.',
} as const;

/** @see CONFIG_ERRORS CONFIG-INVALID. Its message is the table to show; it holds no secret's value. */
export class ConfigError extends DozenError {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly Mistake[];

  constructor(service: string, mistakes: readonly Mistake[]) {
    super('CONFIG-INVALID', renderMistakes(service, mistakes), { details: { service, mistakes } });
    this.mistakes = mistakes;
  }
}

export function schemaError(message: string): DozenError {
  return new DozenError('CONFIG-SCHEMA', message);
}

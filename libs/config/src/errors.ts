import { DozenError } from '@dozen/kernel';
import { renderMistakes } from './mistakes.js';
import type { Mistake } from './mistakes.js';

/*
 * Every code that this library throws.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | CONFIG-INVALID | start, command | Variables of the environment are missing or wrong. The message lists every one of them, and the process ends with 78. | Set what the message lists. `config describe` explains every variable, and `config check` looks at an environment without a start. |
 * | CONFIG-SCHEMA | start | The schema of the configuration is wrong: a name is declared twice or is none of an environment variable, or a description is missing. | Mend the schema in `src/config.ts` of the service: this is a mistake of a developer. |
 */

/** CONFIG-INVALID. Its message is the table to show; it holds no secret's value. */
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

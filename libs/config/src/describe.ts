import { metaOf } from './meta.js';
import { toEnvText } from './print.js';
import { variablesOf } from './section.js';
import type { ConfigSchema } from './section.js';

/** One variable as documents show it; plain JSON. */
export interface ConfigRow {
  readonly service: string;
  readonly section: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly required: boolean;
  /** As it would be written in the environment; null when there is none or it is a secret. */
  readonly default: string | null;
  readonly example: string | null;
  readonly secret: boolean;
  /** Which of its values production refuses. */
  readonly refused: string | null;
}

/** The variables of a service, described without reading any environment: the source of .env.example and of the documents. */
export function describeConfig(schema: ConfigSchema): ConfigRow[] {
  return variablesOf(schema).map(({ section, name, schema: variable }) => {
    const { description = '', example, secret = false, type = 'text', unsafe } = metaOf(variable);
    const absent = variable.safeParse(undefined);
    const fallback = absent.success && absent.data !== undefined && !secret ? toEnvText(absent.data) : null;
    return {
      service: schema.service,
      section,
      name,
      description,
      type,
      required: !absent.success,
      default: fallback,
      example: example ?? null,
      secret,
      refused: unsafe?.what ?? null,
    };
  });
}

import type { z } from 'zod';
import { schemaError } from './errors.js';
import { envBool } from './helpers.js';
import { defineSection } from './section.js';
import type { Section } from './section.js';

export interface FeatureFlag {
  readonly description: string;
  readonly default: boolean;
}

/**
 * A section of typed booleans: `config.FF_FAST_TRACK`.
 * @throws CONFIG-SCHEMA when a name does not begin with `FF_`.
 */
export function featureFlags<const F extends Readonly<Record<`FF_${string}`, FeatureFlag>>>(
  flags: F,
): Section<{ readonly [K in keyof F]: z.ZodType<boolean> }> {
  const vars: Record<string, z.ZodType<boolean>> = {};
  for (const [name, flag] of Object.entries<FeatureFlag>(flags)) {
    if (!name.startsWith('FF_')) throw schemaError(`the feature flag ${name} must begin with FF_`);
    vars[name] = envBool().default(flag.default).meta({ description: flag.description });
  }
  // The keys of `vars` are those of `flags`, which a computed assignment cannot show to the compiler.
  return defineSection('Feature flags', vars as { readonly [K in keyof F]: z.ZodType<boolean> });
}

import { envEnum, envHost, envInt, envList, envMillis, envText } from './helpers.js';
import type { Unsafe } from './meta.js';
import { defineSection } from './section.js';
import { ENVIRONMENTS } from './strictness.js';

/** What one image can run as (twelve-factor VIII). */
export const PROCESS_TYPES = ['web', 'consumer', 'relay', 'jobs'] as const;
export type ProcessType = (typeof PROCESS_TYPES)[number];

const noRelease: Unsafe = {
  what: 'dev',
  because: (value) => (value === 'dev' ? 'is dev, so that nobody can tell which release runs' : undefined),
};

/** What every service has. */
export const baseSection = defineSection('Process', {
  NODE_ENV: envEnum(ENVIRONMENTS).default('production').meta({
    description: 'How strict to be: staging and production refuse what is unsafe',
    example: 'development',
  }),
  ALLOW_INSECURE: envList().optional().meta({
    description: 'Variables whose unsafe values staging and production take all the same; each is logged as a warning',
    example: 'KAFKA_URL',
  }),
  RELEASE_ID: envText()
    .default('dev')
    .meta({ description: 'Id of the release, logged and served at /version', unsafe: noRelease }),
  LOG_LEVEL: envEnum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'Least level that is logged' }),
  PORT: envInt({ min: 0, max: 65_535 }).default(3000).meta({ description: 'Port of HTTP; 0 takes any free one' }),
  HOST: envHost().default('0.0.0.0').meta({ description: 'Address to listen on' }),
  PROCESS_TYPES: envList(PROCESS_TYPES)
    .default([...PROCESS_TYPES])
    .meta({ description: 'What this process runs; default all' }),
  SHUTDOWN_DEADLINE_MS: envMillis({ min: 1000, max: 600_000 })
    .default(30_000)
    .meta({ description: 'How long a drain may take until the process exits with 1' }),
});

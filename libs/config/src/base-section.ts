import { envEnum, envInt, envList, envMillis, envText } from './helpers.js';
import { defineSection } from './section.js';

/** What one image can run as (twelve-factor VIII). */
export const PROCESS_TYPES = ['web', 'consumer', 'relay', 'jobs'] as const;
export type ProcessType = (typeof PROCESS_TYPES)[number];

/** What every service has. */
export const baseSection = defineSection('Process', {
  NODE_ENV: envEnum(['development', 'test', 'production'])
    .default('production')
    .meta({ description: 'How strict to be; what is unsafe is refused in production' }),
  RELEASE_ID: envText().default('dev').meta({ description: 'Id of the release, logged and served at /version' }),
  LOG_LEVEL: envEnum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'Least level that is logged' }),
  PORT: envInt({ min: 0, max: 65_535 }).default(3000).meta({ description: 'Port of HTTP; 0 takes any free one' }),
  HOST: envText().default('0.0.0.0').meta({ description: 'Address to listen on' }),
  PROCESS_TYPES: envList(PROCESS_TYPES)
    .default([...PROCESS_TYPES])
    .meta({ description: 'What this process runs; default all' }),
  SHUTDOWN_DEADLINE_MS: envMillis({ min: 1000, max: 600_000 })
    .default(30_000)
    .meta({ description: 'How long a drain may take until the process exits with 1' }),
});

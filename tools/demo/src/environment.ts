import { join } from 'node:path';
import type { Backing } from '@dozen/backing';
import { fillIn, type ServiceName, SERVICES } from '@dozen/manifest';
import { ROOT } from './layout.js';
import { POLICY } from './policy.js';

export interface ToolUrls {
  readonly smtp: string;
  readonly provider: string;
  /** What billing shows the provider. */
  readonly providerKey: string;
  readonly identity: string;
}

/**
 * V8 lets the space for new objects grow to 16 MB, twice over. With half of that a service holds 100 MB less under load, and an
 * order costs no more CPU; with a quarter it costs 3 % more (docs/benchmarks.md). Also in the Procfile and in the image.
 */
const HEAP = '--max-semi-space-size=8';

/**
 * What every process gets of the launcher's own environment; all else it must be told. DOZEN_TEST_RUN marks the
 * processes of a test run.
 */
export function plainEnv(env: NodeJS.ProcessEnv): Record<string, string> {
  const passed = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'DOZEN_TEST_RUN'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...(Object.fromEntries(passed) as Record<string, string>),
    NODE_ENV: 'production',
    // The compile cache takes a third off every start after the first.
    NODE_COMPILE_CACHE: join(ROOT, '.dozen', 'compile-cache'),
    NODE_OPTIONS: HEAP,
  };
}

/** The environment of one service, PORT aside: the whole of what a deploy has to say. */
export function serviceEnv(service: ServiceName, backing: Backing, tools: ToolUrls): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    DATABASE_URL: backing.postgres.url(service),
    KAFKA_URL: backing.kafka.url,
    LOG_LEVEL: 'info',
    RELEASE_ID: 'local',
    SHUTDOWN_DEADLINE_MS: String(POLICY.shutdownDeadlineMs),
    ...fillIn(SERVICES[service].env, {
      identity: tools.identity,
      provider: tools.provider,
      'provider-key': tools.providerKey,
      'smtp-sink': tools.smtp,
    }),
    ...SERVICES[service].demo,
  };
}

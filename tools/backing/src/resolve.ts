import { backingError, BackingCode } from './errors.js';

/** What runs already and where; what is missing is started embedded. */
export interface BackingSource {
  /** `postgres://user:password@host:port/database` of a role that may create databases. */
  readonly postgresUrl?: string;
  /** `kafka://host:port[,host:port]`, or `kafkas://` for TLS. */
  readonly kafkaUrl?: string;
}

/**
 * Where the backing services come from: DATABASE_URL and KAFKA_URL first, each by itself, embedded otherwise.
 * DOZEN_BACKING=env wants both URLs; =embedded ignores them. Throws BACKING-ENVIRONMENT, BACKING-DOCKER.
 */
export function resolveBacking(env: NodeJS.ProcessEnv): BackingSource {
  const choice = env['DOZEN_BACKING'] || undefined;
  const urls: BackingSource = {
    ...(env['DATABASE_URL']
      ? { postgresUrl: checkedUrl('DATABASE_URL', env['DATABASE_URL'], /^postgres(ql)?:$/) }
      : {}),
    ...(env['KAFKA_URL'] ? { kafkaUrl: checkedUrl('KAFKA_URL', env['KAFKA_URL'], /^kafkas?:$/) } : {}),
  };
  switch (choice) {
    case undefined:
      return urls;
    case 'embedded':
      return {};
    case 'env': {
      const missing = ['DATABASE_URL', 'KAFKA_URL'].filter((name) => !env[name]);
      if (missing.length === 0) return urls;
      throw backingError(BackingCode.environment, {
        what: `DOZEN_BACKING=env, but ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set.`,
        todo: 'Set it, or leave DOZEN_BACKING out to run what is missing embedded.',
      });
    }
    case 'docker':
      throw backingError(BackingCode.docker, {
        what: 'DOZEN_BACKING=docker is not there yet: it comes with the container images.',
        todo: 'Use DOZEN_BACKING=embedded (Java 17 and Maven), or set DATABASE_URL and KAFKA_URL.',
      });
    default:
      throw backingError(BackingCode.environment, {
        what: `DOZEN_BACKING=${choice} is unknown.`,
        todo: 'Use env, embedded or docker, or leave it out.',
      });
  }
}

function checkedUrl(name: string, value: string, protocol: RegExp): string {
  // Several brokers make no URL that the standard accepts: only the scheme is looked at here.
  const scheme = value.slice(0, value.indexOf(':') + 1);
  if (protocol.test(scheme)) return value;
  throw backingError(BackingCode.environment, {
    what: `${name} has the scheme "${scheme}".`,
    todo:
      name === 'KAFKA_URL'
        ? 'It looks like kafka://host:9092.'
        : 'It looks like postgres://user:password@host:5432/database.',
  });
}

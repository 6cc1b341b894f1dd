import { backingError, BackingCode } from './errors.js';
import { onPath } from './folder.js';

/** What runs already and where; what is missing is started. */
export interface BackingSource {
  /** `postgres://user:password@host:port/database` of a role that may create databases. */
  readonly postgresUrl?: string;
  /** `kafka://host:port[,host:port]`, or `kafkas://` for TLS. */
  readonly kafkaUrl?: string;
  /** In containers; embedded by default. */
  readonly inDocker?: boolean;
}

/** What this machine has. */
export interface Machine {
  readonly java: boolean;
  readonly docker: boolean;
}

/**
 * Where the backing services come from: DATABASE_URL and KAFKA_URL first, each by itself; embedded where there is Java;
 * in containers where there is Docker. DOZEN_BACKING=env wants both URLs; =embedded and =docker ignore them.
 * Throws BACKING-ENVIRONMENT.
 */
export function resolveBacking(env: NodeJS.ProcessEnv, machine: Machine = machineOf(env)): BackingSource {
  const choice = env['DOZEN_BACKING'] || undefined;
  const urls: BackingSource = {
    ...(env['DATABASE_URL']
      ? { postgresUrl: checkedUrl('DATABASE_URL', env['DATABASE_URL'], /^postgres(ql)?:$/) }
      : {}),
    ...(env['KAFKA_URL'] ? { kafkaUrl: checkedUrl('KAFKA_URL', env['KAFKA_URL'], /^kafkas?:$/) } : {}),
  };
  switch (choice) {
    case undefined:
      // Without either, the embedded start says what to install.
      return { ...urls, ...(!machine.java && machine.docker ? { inDocker: true } : {}) };
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
      return { inDocker: true };
    default:
      throw backingError(BackingCode.environment, {
        what: `DOZEN_BACKING=${choice} is unknown.`,
        todo: 'Use env, embedded or docker, or leave it out.',
      });
  }
}

/** For servers of the caller's own, to be killed and frozen: no URL will do. */
export function ownServers(env: NodeJS.ProcessEnv): BackingSource {
  const choice = env['DOZEN_BACKING'] === 'env' ? undefined : env['DOZEN_BACKING'];
  return resolveBacking({ ...env, DATABASE_URL: undefined, KAFKA_URL: undefined, DOZEN_BACKING: choice });
}

/** By a look at PATH: what the start then finds is its own to judge. */
function machineOf(env: NodeJS.ProcessEnv): Machine {
  const docker = Boolean(env['DOCKER_HOST']) || onPath('docker', env) !== undefined;
  return { java: Boolean(env['JAVA_HOME']) || onPath('java', env) !== undefined, docker };
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

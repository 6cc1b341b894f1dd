import { join } from 'node:path';
import { getReaper } from 'testcontainers';
import type { KafkaBacking, PostgresBacking } from '../backing.js';
import { databaseUrl, ensureDatabase } from '../databases.js';
import { BackingCode } from '../errors.js';
import { kafkaAnswers } from '../kafka.js';
import { kafkaConfig, kafkaEnvironment } from '../kafka-properties.js';
import { freePort } from '../ports.js';
import { INITDB_FLAGS, postgresAnswers, settingFlags, SETTINGS, SUPERUSER } from '../postgres.js';
import type { ServerContext, StartedServer } from '../server-context.js';
import { awaitReady, retryTakenPort } from '../start-server.js';
import { timed } from '../steps.js';
import { ContainerProcess, containerRuntime, type ContainerProcessSpec } from './container-process.js';
import { KAFKA_IMAGE, POSTGRES_IMAGE } from './images.js';

const POSTGRES_PORT = 5432;
/** Nobody outside the container talks to the controller. */
const CONTROLLER_PORT = 9093;
const ADVICE = 'The log names the cause.';

/** Two servers that start at once would start a reaper each. Throws BACKING-DOCKER when no engine answers. */
export async function prepareDocker(): Promise<void> {
  await getReaper(await containerRuntime());
}

/** PostgreSQL in a container, with the settings of the embedded one. */
export async function startDockerPostgres(context: ServerContext): Promise<StartedServer<PostgresBacking>> {
  const { password } = context.state.current;
  let port = 0;
  const process = await startContainer(context, {
    name: 'PostgreSQL',
    image: POSTGRES_IMAGE,
    code: BackingCode.postgresStart,
    placed: async () => {
      port = await freePort();
      return {
        ports: [{ host: port, container: POSTGRES_PORT }],
        environment: {
          POSTGRES_USER: SUPERUSER,
          POSTGRES_PASSWORD: password,
          POSTGRES_DB: 'postgres',
          POSTGRES_INITDB_ARGS: INITDB_FLAGS.join(' '),
        },
        command: ['postgres', ...settingFlags(SETTINGS)],
      };
    },
    ready: () => postgresAnswers(port, password),
  });
  const adminUrl = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
  return {
    process: process.server,
    backing: {
      adminUrl,
      pid: undefined,
      url: (database) => databaseUrl(adminUrl, database),
      ensureDatabase: (name) => ensureDatabase(adminUrl, name),
      kill: (signal) => process.server.kill(signal),
      restart: () => process.restart(),
    },
  };
}

/** Kafka in a container, with the settings of the embedded one. */
export async function startDockerKafka(context: ServerContext): Promise<StartedServer<KafkaBacking>> {
  const { kafkaProxyPort: advertisedPort, heap } = context;
  let kafkaPort = 0;
  let proxiedPort: number | undefined;
  const process = await startContainer(context, {
    name: 'Kafka',
    image: KAFKA_IMAGE,
    code: BackingCode.kafkaStart,
    placed: async () => {
      kafkaPort = await freePort();
      const targetPort = await freePort(new Set([kafkaPort]));
      proxiedPort = advertisedPort === undefined ? undefined : targetPort;
      const proxy = advertisedPort === undefined ? undefined : { targetPort, advertisedPort };
      const ports = { kafkaPort, controllerPort: CONTROLLER_PORT, proxy };
      const config = kafkaConfig(ports, { host: '0.0.0.0', dataDir: '/var/lib/kafka/data' });
      return {
        // The port is the same inside the container, where the broker looks for itself at the address that it tells its
        // clients.
        ports: [kafkaPort, ...(proxy ? [targetPort] : [])].map((port) => ({ host: port, container: port })),
        environment: { ...kafkaEnvironment(config), KAFKA_HEAP_OPTS: `-Xms64m -Xmx${heap}` },
      };
    },
    ready: () => kafkaAnswers(kafkaPort),
  });
  return {
    process: process.server,
    backing: {
      url: `kafka://127.0.0.1:${kafkaPort}`,
      proxiedPort,
      pid: undefined,
      kill: (signal) => process.server.kill(signal),
      restart: () => process.restart(),
    },
  };
}

interface ServerInContainer {
  readonly name: string;
  readonly image: string;
  readonly code: BackingCode;
  /** Chooses its ports, and says what follows from them; asked again when somebody else took one. */
  readonly placed: () => Promise<Pick<ContainerProcessSpec, 'ports' | 'environment' | 'command'>>;
  readonly ready: () => Promise<boolean>;
}

async function startContainer(
  context: ServerContext,
  { name, image, code, placed, ready }: ServerInContainer,
): Promise<{ server: ContainerProcess; restart: () => Promise<void> }> {
  const logFile = join(context.dir, 'logs', `${name === 'Kafka' ? 'kafka' : 'postgres'}.log`);
  let server: ContainerProcess | undefined;
  const answering = (process: ContainerProcess): Promise<void> =>
    awaitReady({ process, ready, code, todo: ADVICE, signal: context.signal });
  await timed(context.onStep, `${name}: start in Docker`, () =>
    retryTakenPort(async () => {
      const started: ContainerProcess = new ContainerProcess({
        ...{ name, image, logFile, ...(await placed()) },
        onDeath: (exit) => context.died(started, exit),
      });
      try {
        await started.start();
        await answering(started);
      } catch (error) {
        await started.stop();
        throw error;
      }
      server = started;
    }),
  );
  const running = server;
  if (running === undefined) throw new Error(`${name} was not started`);
  return {
    server: running,
    restart: async () => {
      await running.halt();
      await running.start();
      await answering(running);
    },
  };
}

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaBacking } from './backing.js';
import { archiveFlags } from './class-data-archive.js';
import type { ServerContext, StartedServer } from './server-context.js';
import { findJava } from './java.js';
import { ensureJars } from './kafka-distribution.js';
import { KafkaServer } from './kafka.js';
import type { KafkaPorts } from './kafka-properties.js';
import { keepPort } from './ports.js';
import { retryTakenPort } from './start-server.js';
import { timed } from './steps.js';

/** Downloads when needed, clears, formats, starts: Kafka ready on ports that are kept with the data. */
export async function startKafka(context: ServerContext): Promise<StartedServer<KafkaBacking>> {
  const { dir, onStep, fresh, env, guard, signal, heap } = context;
  const java = await findJava(env);
  const distribution = await ensureJars({ env, signal, onStep });
  const jvmFlags = await archiveFlags({ java, distribution, guard, heap, env, signal, onStep });
  const data = join(dir, 'kafka');
  const server: KafkaServer = new KafkaServer({
    ...{ dir: data, java, distribution, guard, heap, jvmFlags, env, signal },
    logFile: join(dir, 'logs', 'kafka.log'),
    onDeath: (exit) => context.died(server.process, exit),
  });
  await server.clearLeftovers();
  if (fresh) await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  if (!server.formatted) await timed(onStep, 'Kafka: first data', () => server.format());

  const ports = await timed(onStep, 'Kafka: start', () => startOnKeptPorts(server, context));
  return { process: server.process, backing: backingOf(server, ports) };
}

async function startOnKeptPorts(
  server: KafkaServer,
  { state, kafkaProxyPort: advertisedPort }: ServerContext,
): Promise<KafkaPorts> {
  let ports: KafkaPorts = { kafkaPort: 0, controllerPort: 0 };
  await retryTakenPort(async () => {
    const taken = state.portsExcept('kafkaPort', 'controllerPort', 'proxiedPort');
    const keep = async (name: 'kafkaPort' | 'controllerPort' | 'proxiedPort'): Promise<number> => {
      const port = await keepPort(state.current[name], taken);
      taken.add(port);
      await state.change({ [name]: port });
      return port;
    };
    ports = { kafkaPort: await keep('kafkaPort'), controllerPort: await keep('controllerPort') };
    if (advertisedPort !== undefined) {
      ports = { ...ports, proxy: { targetPort: await keep('proxiedPort'), advertisedPort } };
    }
    await server.start(ports);
  });
  return ports;
}

function backingOf(server: KafkaServer, ports: KafkaPorts): KafkaBacking {
  return {
    url: `kafka://127.0.0.1:${ports.kafkaPort}`,
    proxiedPort: ports.proxy?.targetPort,
    get pid() {
      return server.process.pid;
    },
    kill: (name) => server.process.kill(name),
    restart: async () => {
      await server.process.stop();
      await server.start(ports);
    },
  };
}

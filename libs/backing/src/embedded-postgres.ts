import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresBacking } from './backing.js';
import { databaseUrl, ensureDatabase } from './databases.js';
import type { ServerContext, StartedServer } from './server-context.js';
import { keepPort } from './ports.js';
import { PostgresServer, SUPERUSER } from './postgres.js';
import { retryTakenPort } from './start-server.js';
import { timed } from './steps.js';

/** Clears, makes, starts: PostgreSQL ready on a port that is kept with the data. */
export async function startPostgres(context: ServerContext): Promise<StartedServer<PostgresBacking>> {
  const { dir, onStep, fresh } = context;
  const data = join(dir, 'postgres');
  const { password } = context.state.current;
  const logFile = join(dir, 'logs', 'postgres.log');
  const server = await PostgresServer.create({
    dir: data,
    logFile,
    password,
    guard: context.guard,
    env: context.env,
    signal: context.signal,
    onDeath: (exit) => context.died(server.process, exit),
  });
  await server.clearLeftovers();
  if (fresh) await rm(data, { recursive: true, force: true });
  if (!server.initialised) await timed(onStep, 'PostgreSQL: first data', () => server.initialise());
  await server.checkVersion();

  const port = await timed(onStep, 'PostgreSQL: start', () => startOnKeptPort(server, context));
  return { process: server.process, backing: backingOf(server, port, password) };
}

async function startOnKeptPort(server: PostgresServer, { state }: ServerContext): Promise<number> {
  let port = 0;
  await retryTakenPort(async () => {
    port = await keepPort(state.current.postgresPort, state.portsExcept('postgresPort'));
    await state.change({ postgresPort: port });
    await server.start(port);
  });
  return port;
}

function backingOf(server: PostgresServer, port: number, password: string): PostgresBacking {
  const adminUrl = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
  return {
    adminUrl,
    get pid() {
      return server.process.pid;
    },
    url: (database) => databaseUrl(adminUrl, database),
    ensureDatabase: (name) => ensureDatabase(adminUrl, name),
    kill: (signal) => server.process.kill(signal),
    restart: async () => {
      await server.process.stop();
      await server.clearLeftovers();
      await server.start(port);
    },
  };
}

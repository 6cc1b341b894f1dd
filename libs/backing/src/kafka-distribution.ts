import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { backingError, BackingCode, errnoOf, fileSystemError } from './errors.js';
import { ensureFolder, onPath } from './folder.js';
import { KAFKA_VERSION } from './kafka-version.js';
import { POLICY } from './policy.js';
import { timed, type OnStep } from './steps.js';
import { clearStaleWork, workFolder } from './work-folder.js';

/** Beside package.json, from src and from dist alike. */
export const POM_FILE = fileURLToPath(new URL('../pom.xml', import.meta.url));

export interface KafkaDistribution {
  /** The folder of this version in the cache, shared by all clones of this user. */
  readonly dir: string;
  /** Explicit and sorted: a class-data archive is refused under any other class path. */
  readonly classPath: string;
}

/** DOZEN_CACHE_DIR, else XDG_CACHE_HOME/dozen, else ~/.cache/dozen. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env['DOZEN_CACHE_DIR']) return env['DOZEN_CACHE_DIR'];
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'dozen');
}

/** The jars' folder: a new pom.xml is a new folder. */
export async function distributionFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const pom = createHash('sha256')
    .update(await readFile(POM_FILE))
    .digest('hex')
    .slice(0, 8);
  return join(cacheFolder(env), `kafka-${KAFKA_VERSION}-${pom}`);
}

export interface JarsOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly onStep: OnStep;
}

/**
 * The jars of Kafka, downloaded by Maven once per user. The folder appears whole or not at all; of two downloads at
 * once, one wins and both use it. Throws BACKING-MAVEN-MISSING, BACKING-JARS, BACKING-FOLDER, BACKING-DISK-FULL.
 */
export async function ensureJars({ env, signal, onStep }: JarsOptions): Promise<KafkaDistribution> {
  const dir = await distributionFolder(env);
  if (!existsSync(join(dir, 'libs'))) {
    await timed(onStep, `Kafka ${KAFKA_VERSION}: download, once`, () => download({ dir, env, signal }));
  }
  const jars = (await readdir(join(dir, 'libs'))).filter((name) => name.endsWith('.jar')).sort();
  return { dir, classPath: jars.map((name) => join(dir, 'libs', name)).join(delimiter) };
}

interface Download extends Omit<JarsOptions, 'onStep'> {
  readonly dir: string;
}

async function download({ dir, env, signal }: Download): Promise<void> {
  const cache = await ensureFolder(cacheFolder(env), POLICY.cacheFreeBytes);
  const maven = onPath('mvn', env);
  if (maven === undefined) {
    throw backingError(BackingCode.mavenMissing, {
      what: `Kafka ${KAFKA_VERSION} is not in ${cache} yet, and no Maven (mvn) was found on PATH to download it.`,
      todo: 'Install Maven (Debian and Ubuntu: apt install maven), or set KAFKA_URL to a Kafka that runs already.',
    });
  }
  await clearStaleWork(cache);
  const work = await workFolder(cache);
  try {
    await runMaven({ maven, libs: join(work, 'libs'), env, signal });
    await rename(work, dir);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    const code = errnoOf(error);
    // Somebody else's download was first: theirs is as good.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw fileSystemError(error, cache);
  }
}

interface MavenRun extends Pick<Download, 'env' | 'signal'> {
  readonly maven: string;
  readonly libs: string;
}

async function runMaven({ maven, libs, env, signal }: MavenRun): Promise<void> {
  await mkdir(libs);
  const args = ['-q', '-B', '-f', POM_FILE, 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`];
  try {
    await promisify(execFile)(maven, args, { env, maxBuffer: 16 << 20, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    const output = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
    throw backingError(BackingCode.jars, {
      what: `Maven could not download the jars of Kafka ${KAFKA_VERSION}.`,
      todo: 'Check the network (behind a proxy or a mirror: ~/.m2/settings.xml) and start again.',
      lines: output.split('\n').filter((line) => line.trim() !== ''),
      logFile: 'Maven',
      cause: error,
    });
  }
}

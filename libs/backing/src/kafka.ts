import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { logLevel, Kafka as KafkaClient } from 'kafkajs';
import { BackingCode, fileSystemError } from './errors.js';
import type { ExitGuard } from './exit-guard.js';
import type { Java } from './java.js';
import type { KafkaDistribution } from './kafka-distribution.js';
import { kafkaProperties, type KafkaPorts } from './kafka-properties.js';
import { ManagedProcess, type ProcessExit } from './managed-process.js';
import { isListening, requireFreePort } from './ports.js';
import { clearLeftovers, hasArgument } from './process-table.js';
import { awaitReady, awaitSuccess, freshDataHelps } from './start-server.js';

const LOG4J_FILE = fileURLToPath(new URL('../log4j2.properties', import.meta.url));
/** Any id does for a cluster of one; the bytes say dozen-demo-dozen. */
const CLUSTER_ID = 'ZG96ZW4tZGVtby1kb3plbg';

export interface KafkaOptions {
  /** Holds server.properties and data/. */
  readonly dir: string;
  readonly logFile: string;
  readonly java: Java;
  readonly distribution: KafkaDistribution;
  readonly guard: ExitGuard;
  /** The JVM's -Xmx, such as 256m. */
  readonly heap: string;
  /** To use (or make) the class-data archive. */
  readonly jvmFlags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onDeath?: (exit: ProcessExit) => void;
  readonly stopDeadlineMs?: number;
}

/** One Kafka node on one data folder. The caller holds the folder's lock. */
export class KafkaServer {
  readonly process: ManagedProcess;
  private readonly propertiesFile: string;

  constructor(private readonly options: KafkaOptions) {
    const { dir, java, logFile, guard, onDeath, env, jvmFlags, stopDeadlineMs } = options;
    this.propertiesFile = join(dir, 'server.properties');
    this.process = new ManagedProcess(
      {
        name: 'Kafka',
        command: java.command,
        args: [...this.jvmArgs('kafka.Kafka', jvmFlags), this.propertiesFile],
        env,
        cwd: dir,
        logFile,
        ...(onDeath === undefined ? {} : { onDeath }),
        ...(stopDeadlineMs === undefined ? {} : { stopDeadlineMs }),
      },
      guard,
    );
  }

  private jvmArgs(mainClass: string, jvmFlags: readonly string[]): string[] {
    const { distribution, heap } = this.options;
    return [
      '-Xms64m',
      `-Xmx${heap}`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:+ExitOnOutOfMemoryError',
      ...jvmFlags,
      `-Dlog4j2.configurationFile=${pathToFileURL(LOG4J_FILE).href}`,
      '-cp',
      distribution.classPath,
      mainClass,
    ];
  }

  /** Ends a Kafka that a killed run left on this folder. */
  async clearLeftovers(): Promise<number[]> {
    return clearLeftovers({ ours: (entry) => hasArgument(entry, this.propertiesFile), signal: 'SIGTERM' });
  }

  get formatted(): boolean {
    return existsSync(join(this.options.dir, 'data'));
  }

  /** Formats beside the folder and moves the result in, so that a half-formatted folder never looks like a whole one. */
  async format(jvmFlags: readonly string[] = this.options.jvmFlags): Promise<void> {
    const { dir, java, guard, env, logFile } = this.options;
    const work = join(dir, 'format');
    try {
      await rm(work, { recursive: true, force: true });
      await mkdir(work, { recursive: true });
      // No server listens while the storage is formatted: any port numbers do.
      await writeFile(join(work, 'server.properties'), kafkaProperties({ kafkaPort: 9092, controllerPort: 9093 }));
      const args = ['format', '-t', CLUSTER_ID, '-c', join(work, 'server.properties')];
      const tool = new ManagedProcess(
        {
          name: "Kafka's format",
          command: java.command,
          args: [...this.jvmArgs('kafka.tools.StorageTool', jvmFlags), ...args],
          env,
          cwd: work,
          logFile,
        },
        guard,
      );
      tool.start();
      await awaitSuccess({ process: tool, ...freshDataHelps(BackingCode.kafkaStart, this.options.signal) });
      await rename(join(work, 'data'), join(dir, 'data'));
      await rm(work, { recursive: true });
    } catch (error) {
      throw fileSystemError(error, dir);
    }
  }

  /** Starts on these ports and waits until a broker and a controller answer. Throws BACKING-PORT-TAKEN among others. */
  async start(ports: KafkaPorts): Promise<void> {
    await requireFreePort('Kafka', ports.kafkaPort);
    try {
      await writeFile(this.propertiesFile, kafkaProperties(ports));
    } catch (error) {
      throw fileSystemError(error, this.options.dir);
    }
    this.process.start();
    await awaitReady({
      process: this.process,
      ready: () => kafkaAnswers(ports.kafkaPort),
      ...freshDataHelps(BackingCode.kafkaStart, this.options.signal),
    });
  }
}

/** True when a broker and a controller answer there. */
export async function kafkaAnswers(port: number): Promise<boolean> {
  // This look costs far less than a client that fails to connect.
  if (!(await isListening(port))) return false;
  const admin = new KafkaClient({
    brokers: [`127.0.0.1:${port}`],
    connectionTimeout: 500,
    requestTimeout: 2_000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return brokers.length > 0 && controller !== null;
  } catch {
    // The server does not answer yet, whatever the error says. The process's own log names the cause if it never answers.
    return false;
  } finally {
    await admin.disconnect();
  }
}

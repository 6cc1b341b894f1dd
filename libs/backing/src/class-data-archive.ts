import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { BackingCode, backingError } from './errors.js';
import { KafkaServer, type KafkaOptions } from './kafka.js';
import { freePort } from './ports.js';
import { timed, type OnStep } from './steps.js';
import { clearStaleWork, workFolder } from './work-folder.js';

/** The JVM writes the archive while it stops: 2 s on a quiet machine, more on a busy one. */
const DUMP_DEADLINE_MS = 60_000;

export interface ArchiveOptions extends Omit<KafkaOptions, 'dir' | 'logFile' | 'jvmFlags' | 'onDeath'> {
  readonly onStep: OnStep;
}

/**
 * The JVM flags that use the class-data archive of this Java and these jars, which halves the time until Kafka is
 * ready. Missing: a throwaway node runs once, does what a demo does, and leaves the archive behind as it stops.
 */
export async function archiveFlags(options: ArchiveOptions): Promise<string[]> {
  const { distribution, java, onStep } = options;
  const archive = join(distribution.dir, `classes-${java.fingerprint}.jsa`);
  if (!existsSync(archive)) {
    await timed(onStep, 'Kafka: class-data archive, once', () => makeArchive(archive, options));
  }
  // auto: a JVM that refuses the archive runs without it.
  return [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto'];
}

async function makeArchive(archive: string, options: ArchiveOptions): Promise<void> {
  await clearStaleWork(options.distribution.dir);
  const work = await workFolder(options.distribution.dir);
  const made = join(work, 'classes.jsa');
  const node = new KafkaServer({
    ...options,
    dir: work,
    logFile: join(work, 'kafka.log'),
    jvmFlags: [`-XX:ArchiveClassesAtExit=${made}`],
    stopDeadlineMs: DUMP_DEADLINE_MS,
  });
  try {
    await node.format([]);
    const kafkaPort = await freePort();
    await node.start({ kafkaPort, controllerPort: await freePort(new Set([kafkaPort])) });
    await exercise(kafkaPort);
    await node.process.stop();
    if (!existsSync(made)) {
      throw backingError(BackingCode.kafkaStart, {
        what: 'Java made no class-data archive for Kafka.',
        todo: `Another Java ${options.java.major} build may (JAVA_HOME chooses one).`,
        lines: node.process.lastLines(),
        logFile: 'Java',
      });
    }
    await rename(made, archive);
  } finally {
    await node.process.kill('SIGKILL');
    await rm(work, { recursive: true, force: true });
  }
}

/** Loads the classes of what comes next in every run: a topic is made, written and read. */
async function exercise(port: number): Promise<void> {
  const client = new KafkaClient({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  const consumer = client.consumer({ groupId: 'archive', sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
  const read = Promise.withResolvers<void>();
  try {
    await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
    await admin.createTopics({ topics: [{ topic: 'archive', numPartitions: 2 }], waitForLeaders: true });
    await producer.send({ topic: 'archive', messages: [{ key: 'key', value: 'value' }] });
    await consumer.subscribe({ topic: 'archive', fromBeginning: true });
    await consumer.run({
      eachMessage: () => {
        read.resolve();
        return Promise.resolve();
      },
    });
    await read.promise;
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
  }
}

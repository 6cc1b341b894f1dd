import { Kafka, logLevel } from 'kafkajs';
import { newId } from '@dozen/kernel';

/** Topics whose payloads carry the version of the aggregate that they report. */
export const VERSIONED = ['orders.events', 'billing.events', 'notifier.events'];
/** An answer to somebody, no change of the order: it has no version. */
const ANSWER = 'dozen.CancellationRefused.v1';
const TIMEOUT_MS = 60_000;

export interface LogFindings {
  /** Records in all versioned topics. */
  readonly records: number;
  /** Records whose id was in the topic before: sent twice, dropped by each inbox. */
  readonly repeats: number;
  /** One sentence for each record that first occurs after a higher version of the same key. */
  readonly inversions: readonly string[];
  /** Message ids in the order of their first occurrences, by topic and key. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

export function logKey(topic: string, key: string): string {
  return `${topic} ${key}`;
}

/**
 * Reads every topic from its first record to its end, with a consumer that has nothing to do with Dozen's. `planted`:
 * ids of records that are no aggregate's and have no version.
 */
export async function readLog(kafkaUrl: string, planted: ReadonlySet<string>): Promise<LogFindings> {
  const brokers = [new URL(kafkaUrl).host];
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const ends = await endsOf(kafka);
  const seen = new Set<string>();
  const ids = new Map<string, string[]>();
  const highest = new Map<string, number>();
  const inversions: string[] = [];
  let records = 0;
  const look = (key: string, value: Buffer | null): void => {
    const version = versionOf(value);
    const before = highest.get(key) ?? 0;
    if (version <= before) inversions.push(`in the log of ${key} version ${version} comes after ${before}`);
    else highest.set(key, version);
  };
  const consumer = kafka.consumer({ groupId: `chaos-${newId()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: VERSIONED, fromBeginning: true });
    const allRead = Promise.withResolvers<true>();
    if (ends.size === 0) allRead.resolve(true);
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, partition, message }) => {
        records += 1;
        // That of an external client may be in capitals.
        const id = String(message.headers?.['ce_id']).toLowerCase();
        const key = logKey(topic, String(message.key));
        if (!seen.has(id)) {
          seen.add(id);
          ids.set(key, [...(ids.get(key) ?? []), id]);
          const versioned = String(message.headers?.['ce_type']) !== ANSWER && !planted.has(id);
          if (versioned) look(key, message.value);
        }
        const at = `${topic}/${partition}`;
        if (BigInt(message.offset) + 1n >= (ends.get(at) ?? 0n)) ends.delete(at);
        if (ends.size === 0) allRead.resolve(true);
        return Promise.resolve();
      },
    });
    const timer = setTimeout(() => allRead.reject(new Error('the log could not be read to its end')), TIMEOUT_MS);
    await allRead.promise.finally(() => clearTimeout(timer));
  } finally {
    await consumer.disconnect();
  }
  return { records, repeats: records - seen.size, inversions, ids };
}

/** The end of each partition that has records. */
async function endsOf(kafka: Kafka): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    for (const topic of VERSIONED) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

function versionOf(value: Buffer | null): number {
  const payload = JSON.parse(value?.toString('utf8') ?? 'null') as { aggregateVersion?: unknown } | null;
  const version = payload?.aggregateVersion;
  if (typeof version !== 'number') throw new Error(`a record without a version: ${value?.toString('utf8') ?? 'null'}`);
  return version;
}

import type { KafkaMessage } from 'kafkajs';
import { readTopics } from '../read-topics.js';

/** Topics whose payloads carry the version of the aggregate that they report. */
export const VERSIONED = ['orders.events', 'billing.events', 'notifier.events'];
/** An answer to somebody, no change of the order: it has no version. */
const ANSWER = 'dozen.CancellationRefused.v1';

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
 * Reads the versioned topics from their first record to their end. `planted`: ids of records that are no aggregate's and
 * have no version.
 */
export async function readLog(kafkaUrl: string, planted: ReadonlySet<string>): Promise<LogFindings> {
  const findings = new Findings(planted);
  await readTopics(kafkaUrl, VERSIONED, (topic, message) => findings.add(topic, message));
  return findings;
}

class Findings implements LogFindings {
  records = 0;
  readonly inversions: string[] = [];
  readonly ids = new Map<string, string[]>();
  readonly #planted: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  /** The highest version so far, by topic and key. */
  readonly #highest = new Map<string, number>();

  constructor(planted: ReadonlySet<string>) {
    this.#planted = planted;
  }

  get repeats(): number {
    return this.records - this.#seen.size;
  }

  add(topic: string, { key, value, headers }: Pick<KafkaMessage, 'key' | 'value' | 'headers'>): void {
    this.records += 1;
    // That of an external client may be in capitals.
    const id = String(headers?.['ce_id']).toLowerCase();
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    const place = logKey(topic, String(key));
    this.ids.set(place, [...(this.ids.get(place) ?? []), id]);
    if (String(headers?.['ce_type']) !== ANSWER && !this.#planted.has(id)) this.#look(place, versionOf(value));
  }

  #look(place: string, version: number): void {
    const before = this.#highest.get(place) ?? 0;
    if (version <= before) this.inversions.push(`in the log of ${place} version ${version} comes after ${before}`);
    else this.#highest.set(place, version);
  }
}

function versionOf(value: Buffer | null): number {
  const payload = JSON.parse(value?.toString('utf8') ?? 'null') as { aggregateVersion?: unknown } | null;
  const version = payload?.aggregateVersion;
  if (typeof version !== 'number') throw new Error(`a record without a version: ${value?.toString('utf8') ?? 'null'}`);
  return version;
}

/** A record as a producer that is not the adapter's writes it. */
export interface ExternalRecord {
  readonly key?: string;
  readonly value: string | Buffer;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** ms since 1970. Default: now. */
  readonly timestamp?: number;
}

/**
 * A producer of another make, since the port's own packs nothing and the records of other programs must be read all the same. Any
 * client will do, as long as it is not the one that is tried: it would be wrong in the same way twice.
 */
export interface ExternalProducer {
  /** Those that it can pack with, by Kafka's names: `gzip`, `snappy`, `lz4`, `zstd`. A case is made for each. */
  readonly codecs: readonly string[];
  /** All records as one batch of partition 0, packed with `codec`, or not at all. Rejects unless they are stored. */
  send(topic: string, records: readonly ExternalRecord[], codec?: string): Promise<void>;
}

/**
 * Bytes of the log that no record could be read out of, as kafkajs hands them on: one message at the last offset that
 * they take up.
 */
export class UnreadableRecords {
  readonly firstOffset: string;
  readonly offset: string;
  /** All of them; a view of what the broker sent. */
  readonly value: Buffer;
  readonly reason: string;
  /** Kafka's for none. */
  readonly timestamp = '-1';
  readonly key = null;
  readonly headers = {};
  readonly isControlRecord = false;

  constructor(place: { firstOffset: string; lastOffset: string }, bytes: Buffer, reason: string) {
    this.firstOffset = place.firstOffset;
    this.offset = place.lastOffset;
    this.value = bytes;
    this.reason = reason;
  }
}

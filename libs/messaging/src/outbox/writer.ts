import { crc32 } from 'node:zlib';
import { columns, type OutboxPort, type OutgoingMessage, type Statement } from '@dozen/database';
import { encodeHeaders } from '../cloudevents/encode.js';
import { messagingPolicy } from '../policy.js';

const INTO = 'INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)';

const INSERT_MANY = `
  ${INTO}
  SELECT shard, message_id, topic, key, headers, payload
  FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::json[], $6::text[])
    WITH ORDINALITY AS row (shard, message_id, topic, key, headers, payload, position)
  ORDER BY position`;

/**
 * A statement of its own, since most units publish one message: planning INSERT_MANY takes longer than all of this one.
 */
const INSERT_ONE = `${INTO} VALUES ($1, $2, $3, $4, $5, $6)`;

/** Writes messages beside the change that they report, in the same transaction and in the order given. */
export class OutboxWriter implements OutboxPort {
  readonly #source: string;
  readonly #wake: (shards: readonly number[]) => void;

  /** `source` becomes `ce_source`; `wake` is called after each commit that wrote something, with the shards it wrote to. */
  constructor(options: { source: string; wake: (shards: readonly number[]) => void }) {
    this.#source = options.source;
    this.#wake = options.wake;
  }

  statementOf(messages: readonly OutgoingMessage[]): Statement {
    const rows = messages.map((message) => [
      shardOf(message.subject),
      message.id,
      message.contract.topic.name,
      message.subject,
      JSON.stringify(encodeHeaders(message, this.#source)),
      JSON.stringify(message.payload),
    ]);
    return rows.length === 1 ? { text: INSERT_ONE, values: rows.flat() } : { text: INSERT_MANY, values: columns(rows) };
  }

  committed(messages: readonly OutgoingMessage[]): void {
    this.#wake(messages.map(({ subject }) => shardOf(subject)));
  }
}

/** Every message of a key is in one shard, so that one relay at a time sends it. */
export function shardOf(key: string): number {
  return crc32(key) % messagingPolicy.shards;
}

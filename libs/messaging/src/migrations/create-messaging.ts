import type { MigrationInterface, QueryRunner } from 'typeorm';
import { messagingPolicy } from '../policy.js';

/**
 * The tables of the messaging core, in a schema of their own beside the service's.
 *
 * - outbox: what is committed and not yet acknowledged by the broker. `seq` follows the order of changes of one key,
 *   because it is assigned while the aggregate's row is locked.
 * - relay_members, relay_leases: who relays which shard. They save work; correctness does not hang on them.
 * - inbox: claims. Ranges of message id are ranges of time (UUIDv7), so forgetting is dropping a partition.
 * - parked_keys: the mutex of a blocked key. parked_messages: what waits behind it, and what an operator must decide.
 */
export class CreateMessaging1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA IF NOT EXISTS messaging');
    await runner.query(`
      CREATE TABLE messaging.outbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        shard smallint NOT NULL,
        message_id uuid NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        headers json NOT NULL,
        payload text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        refused_at timestamptz,
        refused_reason text,
        CHECK ((refused_at IS NULL) = (refused_reason IS NULL))
      )`);
    await runner.query('CREATE INDEX outbox_shard_seq ON messaging.outbox (shard, seq)');
    await runner.query('CREATE INDEX outbox_refused ON messaging.outbox (topic, key) WHERE refused_at IS NOT NULL');
    await runner.query(`
      CREATE TABLE messaging.relay_members (
        member uuid PRIMARY KEY,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE messaging.relay_leases (
        shard smallint PRIMARY KEY,
        member uuid,
        expires_at timestamptz NOT NULL DEFAULT '-infinity'
      )`);
    await runner.query('INSERT INTO messaging.relay_leases (shard) SELECT generate_series(0, $1::int - 1)', [
      messagingPolicy.shards,
    ]);
    await runner.query(`
      CREATE TABLE messaging.inbox (
        message_id uuid NOT NULL,
        consumer text NOT NULL,
        PRIMARY KEY (message_id, consumer)
      ) PARTITION BY RANGE (message_id)`);
    await runner.query(`
      CREATE TABLE messaging.parked_keys (
        consumer text NOT NULL,
        key text NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, key)
      )`);
    await runner.query(`
      CREATE TABLE messaging.parked_messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        message_id uuid,
        type text,
        record_key bytea,
        headers json NOT NULL,
        payload bytea,
        held_key text,
        code text,
        reason text,
        attempts integer NOT NULL DEFAULT 0,
        retry_at timestamptz,
        parked_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (consumer, topic, partition, "offset"),
        CHECK ((code IS NULL) = (reason IS NULL)),
        CHECK (code IS NOT NULL OR held_key IS NOT NULL)
      )`);
    await runner.query(
      'CREATE INDEX parked_messages_key ON messaging.parked_messages (consumer, held_key, id) WHERE held_key IS NOT NULL',
    );
    await runner.query(
      'CREATE INDEX parked_messages_due ON messaging.parked_messages (retry_at) WHERE retry_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA messaging CASCADE');
  }
}

import type { DeclaredMigration } from '@dozen/database';
import type { QueryRunner } from 'typeorm';

/**
 * A parked record is known by its place in the log and by what it says. The place alone is not enough: a topic that was made
 * anew gives its places out again, and the new record would have been taken for the old dead letter and lost.
 *
 * For builds of either side of it: both park with ON CONFLICT DO NOTHING and name no constraint. The headers are hashed by
 * another function because sha256 takes bytes, and no immutable cast makes bytes of json.
 */
export class IdentifyParked1764300000000 implements DeclaredMigration {
  readonly lockedBecause = 'parked_messages has what failed: some rows, thousands on the worst of days';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNIQUE INDEX parked_messages_record ON messaging.parked_messages
        (consumer, topic, partition, "offset", sha256(record_key), sha256(payload), hashtextextended(headers::text, 0))
        NULLS NOT DISTINCT`);
    await runner.query(`
      ALTER TABLE messaging.parked_messages
        DROP CONSTRAINT parked_messages_consumer_topic_partition_offset_key`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.parked_messages ADD UNIQUE (consumer, topic, partition, "offset")');
    await runner.query('DROP INDEX messaging.parked_messages_record');
  }
}

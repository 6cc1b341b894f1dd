import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The outbox as a queue that runs full and empty again:
 * - one index, (shard, seq), for reading and deleting alike: a second one on seq alone cost each writer, each delete and
 *   each vacuum its part, and found nothing that the first does not;
 * - vacuumed after so many dead rows, whatever the size was when it was last looked at (a fifth of a million is late for
 *   a table that is usually empty), and without pauses, since there is little to do each time. New rows are no reason to
 *   vacuum: they are gone soon.
 */
export class TuneOutbox1763950000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.outbox DROP CONSTRAINT outbox_pkey');
    await runner.query('DROP INDEX messaging.outbox_shard_seq');
    await runner.query('ALTER TABLE messaging.outbox ADD PRIMARY KEY (shard, seq)');
    await runner.query(`
      ALTER TABLE messaging.outbox SET (
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_threshold = -1,
        autovacuum_vacuum_cost_delay = 0
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messaging.outbox RESET (
        autovacuum_vacuum_scale_factor,
        autovacuum_vacuum_threshold,
        autovacuum_vacuum_insert_threshold,
        autovacuum_vacuum_cost_delay
      )`);
    await runner.query('ALTER TABLE messaging.outbox DROP CONSTRAINT outbox_pkey');
    await runner.query('ALTER TABLE messaging.outbox ADD PRIMARY KEY (seq)');
    await runner.query('CREATE INDEX outbox_shard_seq ON messaging.outbox (shard, seq)');
  }
}

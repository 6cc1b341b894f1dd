import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table of `IdempotencyKeys`. A service that uses it lists this class among its migrations. */
export class IdempotencyKeys1767225600000 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    // Not partitioned by age: the primary key would have to carry the time, and could not then refuse the same key twice.
    // The purge goes by the index on created_at instead.
    await runner.query(`
      CREATE TABLE idempotency_keys (
        customer_id  text        NOT NULL,
        key          text        NOT NULL,
        request_hash text        NOT NULL,
        status       smallint    NULL,
        headers      jsonb       NULL,
        body         jsonb       NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (customer_id, key)
      )`);
    await runner.query('CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys in partitions by day, so that forgetting them is dropping a table; those of a day without one go to the default
 * partition. json instead of jsonb, which puts the fields of a body into an order of its own: a repeat is the same to the
 * byte.
 *
 * Processes of the release before know `idempotency_keys` alone. While they run beside this one's, triggers keep each key
 * in both tables, and that table's unique index keeps the two releases apart. The release after this one drops all three.
 */
export class CreateIdempotentRequests1767225600001 implements MigrationInterface {
  readonly name = 'CreateIdempotentRequests1767225600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotent_requests (
        customer_id  text        NOT NULL,
        key          text        NOT NULL,
        request_hash text        NOT NULL,
        status       smallint    NULL,
        headers      json        NULL,
        body         json        NULL,
        created_at   timestamptz NOT NULL,
        PRIMARY KEY (customer_id, key, created_at)
      ) PARTITION BY RANGE (created_at)`);
    await runner.query('CREATE TABLE idempotent_requests_spare PARTITION OF idempotent_requests DEFAULT');
    for (const statement of BESIDE_THE_RELEASE_BEFORE) await runner.query(statement);
    await runner.query(`
      INSERT INTO idempotent_requests
      SELECT * FROM idempotency_keys WHERE created_at > now() - interval '24 hours'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotent_requests');
    await runner.query('DROP FUNCTION idempotency_keys_take() CASCADE');
    await runner.query('DROP FUNCTION idempotency_keys_give()');
  }
}

/*
 * give: what this release writes, the one before reads. Its key in flight is waited for at the unique index; a key that it
 * has taken meanwhile is in idempotent_requests now, which the statement at work cannot see: the client comes again (409).
 * Two old rows go with each new one, so that the table stays as small as it is.
 *
 * take: what the release before writes, this one reads.
 */
const BESIDE_THE_RELEASE_BEFORE = [
  `CREATE FUNCTION idempotency_keys_give() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
     DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours'
       ORDER BY created_at LIMIT 2 FOR UPDATE SKIP LOCKED));
     INSERT INTO idempotency_keys AS held SELECT NEW.*
     ON CONFLICT (customer_id, key) DO UPDATE
       SET request_hash = excluded.request_hash, status = excluded.status, headers = excluded.headers,
           body = excluded.body, created_at = excluded.created_at
       WHERE held.created_at = excluded.created_at OR held.created_at <= now() - interval '24 hours';
     IF NOT FOUND THEN
       RAISE 'a process of the release before has this key' USING ERRCODE = 'lock_not_available';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER give AFTER INSERT OR UPDATE ON idempotent_requests
   FOR EACH ROW EXECUTE FUNCTION idempotency_keys_give()`,
  `CREATE FUNCTION idempotency_keys_take() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
     INSERT INTO idempotent_requests SELECT NEW.*
     ON CONFLICT (customer_id, key, created_at) DO UPDATE
       SET status = excluded.status, headers = excluded.headers, body = excluded.body;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER take AFTER INSERT OR UPDATE ON idempotency_keys
   FOR EACH ROW EXECUTE FUNCTION idempotency_keys_take()`,
];

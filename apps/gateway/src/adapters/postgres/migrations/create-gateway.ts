import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * - orders: `customer_id` stays null until orders names the customer (an external producer's order may show in
 *   billing.events first). `view` and `status` are the fold of the timeline, and can be rebuilt from it.
 * - timeline: `position` is counted under the lock of the order's row. `message_id` is unique as a second line behind
 *   the inbox.
 * - products: the highest version of each snapshot.
 */
export class CreateGateway1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orders (
        id uuid PRIMARY KEY,
        customer_id text,
        last_position integer NOT NULL DEFAULT 0,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'placed', 'confirmed', 'rejected')),
        view jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CHECK ((view IS NULL) = (last_position = 0))
      )`);
    await runner.query('CREATE INDEX orders_of_customer ON orders (customer_id, created_at, id)');
    await runner.query(`
      CREATE TABLE timeline (
        order_id uuid NOT NULL REFERENCES orders (id),
        position integer NOT NULL CHECK (position > 0),
        message_id uuid NOT NULL UNIQUE,
        type text NOT NULL,
        topic text NOT NULL,
        source text NOT NULL,
        time timestamptz(3) NOT NULL,
        aggregate_version integer,
        data jsonb NOT NULL,
        PRIMARY KEY (order_id, position)
      )`);
    await runner.query(`
      CREATE TABLE products (
        sku text PRIMARY KEY,
        version integer NOT NULL,
        name text NOT NULL,
        price_amount bigint NOT NULL,
        price_currency text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX products_newest ON products (created_at, sku)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE products');
    await runner.query('DROP TABLE timeline');
    await runner.query('DROP TABLE orders');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * - product: the catalogue; `version` grows with each change.
 * - stock_level and stock_movement: see postgres-stock.ts. A level alone is behind by the movements that no reservation
 *   has folded in yet; the view `stock` is what is true.
 * - orders: no payment token. `items` have prices when and only when there is a total.
 */
export class CreateOrders1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE product (
        sku text PRIMARY KEY,
        version integer NOT NULL CHECK (version > 0),
        name text NOT NULL,
        price_amount bigint NOT NULL CHECK (price_amount >= 0),
        currency text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE stock_level (
        sku text PRIMARY KEY REFERENCES product (sku),
        available bigint NOT NULL CHECK (available >= 0),
        reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        sold bigint NOT NULL DEFAULT 0 CHECK (sold >= 0)
      )`);
    // No foreign keys: they would lock the level's row, which movements are there to avoid.
    await runner.query(`
      CREATE TABLE stock_movement (
        sku text NOT NULL,
        order_id uuid NOT NULL,
        available bigint NOT NULL,
        reserved bigint NOT NULL,
        sold bigint NOT NULL,
        PRIMARY KEY (sku, order_id),
        CHECK (available + reserved + sold = 0)
      )`);
    await runner.query(`
      CREATE VIEW stock AS
      SELECT level.sku,
             (level.available + coalesce(sum(movement.available), 0))::bigint AS available,
             (level.reserved + coalesce(sum(movement.reserved), 0))::bigint AS reserved,
             (level.sold + coalesce(sum(movement.sold), 0))::bigint AS sold
      FROM stock_level AS level LEFT JOIN stock_movement AS movement USING (sku)
      GROUP BY level.sku`);
    await runner.query(`
      CREATE TABLE orders (
        id uuid PRIMARY KEY,
        status text NOT NULL CHECK (status IN ('placed', 'confirmed', 'rejected')),
        version integer NOT NULL CHECK (version > 0),
        content_hash text NOT NULL,
        customer_id text NOT NULL,
        customer_email text NOT NULL,
        customer_locale text NOT NULL,
        items jsonb NOT NULL,
        total_amount bigint CHECK (total_amount >= 0),
        total_currency text,
        rejection_reason text,
        rejection_detail text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((total_amount IS NULL) = (total_currency IS NULL)),
        CHECK (status = 'rejected' OR total_amount IS NOT NULL),
        CHECK ((status = 'rejected') = (rejection_reason IS NOT NULL)),
        CHECK ((rejection_reason IS NULL) = (rejection_detail IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE orders');
    await runner.query('DROP VIEW stock');
    await runner.query('DROP TABLE stock_movement');
    await runner.query('DROP TABLE stock_level');
    await runner.query('DROP TABLE product');
  }
}

/** Changes of the schema of orders as a next release might make them: the gate must tell the one from the other. */
export const PLANTED = {
  /** What the last release does not know, and need not: a column with a default, a table. */
  expanding: [
    `ALTER TABLE orders ADD gift_wrap text NOT NULL DEFAULT 'none'`,
    'CREATE TABLE gift (order_id uuid PRIMARY KEY, note text NOT NULL)',
  ],
  /** What the last release still writes. */
  contracting: ['ALTER TABLE orders DROP COLUMN customer_locale'],
} as const;

/** One of orders' own tests that writes to what is changed: a test that fails waits for what does not come. */
export const PLANTED_TEST = { file: 'place-order', test: 'is priced from the catalogue' } as const;

import { hashOf, migrationFaults, type MigrationHistory } from './faults.js';
import { type Migration, readMigration } from './read.js';

const create: Migration = {
  service: 'orders',
  name: 'CreateOrders1',
  statements: ['CREATE TABLE orders (id uuid PRIMARY KEY, total bigint NOT NULL, note text)'],
  transaction: true,
  unusedSince: undefined,
  lockedBecause: undefined,
};
const history: MigrationHistory = {
  released: { orders: { CreateOrders1: hashOf(create) } },
  releases: ['0.1.0', '0.2.0'],
};

/** Of a migration that the last release does not have. */
function faultsOf(sql: string | readonly string[], more: Partial<Migration> = {}): string[] {
  const next: Migration = { ...create, name: 'Next2', statements: [sql].flat(), ...more };
  return migrationFaults([create, next], history);
}

describe('a new migration', () => {
  it.each([
    'ALTER TABLE orders ADD paid_at timestamptz',
    `ALTER TABLE orders ADD state text NOT NULL DEFAULT 'new'`,
    'ALTER TABLE orders ADD CONSTRAINT total_check CHECK (total >= 0) NOT VALID',
    'ALTER TABLE orders VALIDATE CONSTRAINT total_check',
    'CREATE TABLE notes (id uuid PRIMARY KEY, n integer NOT NULL CHECK (n > 0), UNIQUE (n))',
    'DROP VIEW totals',
  ])('may expand: %s', (sql) => {
    expect(faultsOf(sql)).toEqual([]);
  });

  it('may make what an index or a check of its own table needs', () => {
    expect(faultsOf(['CREATE TABLE notes (id uuid PRIMARY KEY)', 'CREATE INDEX notes_id ON notes (id)'])).toEqual([]);
  });

  it.each([
    ['ALTER TABLE orders DROP COLUMN note', 'ban-drop-column'],
    ['ALTER TABLE orders RENAME COLUMN note TO remark', 'renaming-column'],
    ['ALTER TABLE orders RENAME TO purchases', 'renaming-table'],
    ['DROP TABLE orders', 'ban-drop-table'],
    ['ALTER TABLE orders ALTER note TYPE integer', 'changing-column-type'],
    ['ALTER TABLE orders ADD paid boolean NOT NULL', 'adding-required-field'],
    ['ALTER TABLE orders ALTER note SET NOT NULL', 'adding-not-nullable-field'],
    ['ALTER TABLE orders ALTER total DROP NOT NULL', 'ban-drop-not-null'],
  ])('may not take away: %s', (sql, rule) => {
    const [fault] = faultsOf(sql);
    expect(fault).toMatch(new RegExp(`^orders: Next2: ${sql.slice(0, 11)}.* \\[${rule}\\] .*expand first`));
    expect(faultsOf(sql, { lockedBecause: 'a row per product' })).toContain(fault);
    expect(faultsOf(sql, { unusedSince: '0.2.0' })).toEqual([]);
  });

  it('may take away only what a release that is out does without', () => {
    expect(faultsOf('ALTER TABLE orders DROP COLUMN note', { unusedSince: '0.3.0' })).toEqual([
      'orders: Next2: release 0.3.0 is not out: the last one still uses what goes',
    ]);
  });

  it.each([
    ['CREATE INDEX orders_note ON orders (note)', 'require-concurrent-index-creation'],
    ['DROP INDEX orders_note', 'require-concurrent-index-deletion'],
    ['ALTER TABLE orders ADD CHECK (total >= 0)', 'constraint-missing-not-valid'],
    ['ALTER TABLE orders ADD UNIQUE (note)', 'disallowed-unique-constraint'],
    ['ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES notes (id)', 'adding-foreign-key-constraint'],
    ['ALTER TABLE orders ADD token uuid NOT NULL DEFAULT gen_random_uuid()', 'adding-field-with-default'],
    ['ALTER TABLE orders ADD number bigserial PRIMARY KEY', 'adding-serial-primary-key-field'],
  ])('may not stop the service: %s', (sql, rule) => {
    expect(faultsOf(sql)).toContainEqual(expect.stringContaining(`[${rule}]`));
    expect(faultsOf(sql, { unusedSince: '0.2.0' })).toContainEqual(expect.stringContaining(`[${rule}]`));
    expect(faultsOf(sql, { lockedBecause: 'a row per product' })).toEqual([]);
  });

  it('makes an index beside the traffic outside of a transaction only', () => {
    const sql = [
      'CREATE INDEX CONCURRENTLY orders_note ON orders (note)',
      'COMMENT ON INDEX orders_note IS $$search$$',
    ];
    expect(faultsOf(sql)).toEqual([expect.stringContaining('[ban-concurrent-index-creation-in-transaction]')]);
    expect(faultsOf(sql, { transaction: false })).toEqual([]);
  });

  it.each([
    ['ALTER TABL orders', 'syntax-error'],
    ['TRUNCATE orders CASCADE', 'ban-truncate-cascade'],
    ['DROP DATABASE orders', 'ban-drop-database'],
  ])('may never, whatever it declares: %s', (sql, rule) => {
    const declared = { unusedSince: '0.1.0', lockedBecause: 'it is small' };
    expect(faultsOf(sql, declared)).toContainEqual(expect.stringContaining(`[${rule}]`));
  });
});

describe('a released migration', () => {
  it('cannot change, nor go', () => {
    const edited = { ...create, statements: ['CREATE TABLE orders (id uuid PRIMARY KEY)'] };
    expect(migrationFaults([edited], history)).toEqual([
      'orders: CreateOrders1 is released: what it does cannot change, write a new one',
    ]);
    expect(migrationFaults([], history)).toEqual([expect.stringMatching(/^orders: CreateOrders1 is gone/)]);
  });

  it('is nobody’s business, however it was made', () => {
    const drop = { ...create, name: 'DropNote2', statements: ['ALTER TABLE orders DROP COLUMN note'] };
    const released = { orders: { CreateOrders1: hashOf(create), DropNote2: hashOf(drop) } };
    expect(migrationFaults([create, drop], { ...history, released })).toEqual([]);
  });
});

describe('a new service', () => {
  const locking: Migration = { ...create, name: 'AddNote2', statements: ['ALTER TABLE orders ADD UNIQUE (note)'] };
  const released = { orders: { AddNote2: hashOf(locking) } };

  it('begins with the migrations that libraries have released', () => {
    const theirs = [locking, { ...locking, service: 'parcels' }];
    expect(migrationFaults(theirs, { ...history, released })).toEqual([]);
  });

  it('has migrations of its own like everybody', () => {
    const own = { ...locking, service: 'parcels', statements: ['ALTER TABLE notes ADD UNIQUE (note)'] };
    expect(migrationFaults([locking, own], { ...history, released })).not.toEqual([]);
  });
});

describe('reading a migration', () => {
  it('takes down what it sends and what it declares', async () => {
    class DropNote2 {
      readonly unusedSince = '0.2.0';
      readonly lockedBecause = 'it is small';
      readonly transaction = false;

      async up(runner: { query(sql: string): Promise<unknown[]> }): Promise<void> {
        await runner.query('\n  SELECT 1');
        for (const _row of await runner.query('SELECT 2')) await runner.query('SELECT 3');
      }
    }
    expect(await readMigration('orders', DropNote2)).toEqual({
      service: 'orders',
      name: 'DropNote2',
      statements: ['SELECT 1', 'SELECT 2'],
      transaction: false,
      unusedSince: '0.2.0',
      lockedBecause: 'it is small',
    });
  });
});

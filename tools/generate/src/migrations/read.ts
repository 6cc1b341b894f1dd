import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One migration of a service, the libraries' among them. */
export interface Migration {
  readonly service: string;
  /** The class's name with its timestamp, as the database knows it: `AddGivingUp1764200000000`. */
  readonly name: string;
  /** What its `up` sends, in order. */
  readonly statements: readonly string[];
  /** It runs in a transaction of its own. */
  readonly transaction: boolean;
  /** See `DeclaredMigration` in libs/database. */
  readonly unusedSince: string | undefined;
  readonly lockedBecause: string | undefined;
}

interface MigrationClass {
  readonly name: string;
  new (): {
    up(runner: { query(sql: string): Promise<unknown[]> }): Promise<unknown>;
    readonly transaction?: boolean;
    readonly unusedSince?: string;
    readonly lockedBecause?: string;
  };
}

/** Of what is built, in the order in which each service lists them. */
export async function readMigrations(root: string, services: readonly string[]): Promise<Migration[]> {
  const read = await Promise.all(
    services.map(async (service) => {
      const path = join(root, 'apps', service, 'dist', 'service.js');
      const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      const definition = Object.values(module).find(hasMigrations);
      return Promise.all((definition?.migrations ?? []).map((migration) => readMigration(service, migration)));
    }),
  );
  return read.flat();
}

/** Runs `up` with a runner that writes down what it is told, and answers every question with no rows. */
export async function readMigration(service: string, migrationClass: MigrationClass): Promise<Migration> {
  const migration = new migrationClass();
  const statements: string[] = [];
  const query = (sql: string): Promise<unknown[]> => Promise.resolve(statements.push(sql.trim())).then(() => []);
  await migration.up({ query });
  const { transaction = true, unusedSince, lockedBecause } = migration;
  return { service, name: migrationClass.name, statements, transaction, unusedSince, lockedBecause };
}

function hasMigrations(value: unknown): value is { migrations: readonly MigrationClass[] } {
  return typeof value === 'object' && value !== null && 'migrations' in value && 'rootModule' in value;
}

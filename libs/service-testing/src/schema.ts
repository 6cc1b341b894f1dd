import type { DataSource } from 'typeorm';

/** Tables and views of the service's own schema, by name. */
export async function tablesOf(dataSource: DataSource): Promise<string[]> {
  const tables: { name: string }[] = await dataSource.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  return tables.map(({ name }) => name);
}

/** The statements that would make the tables what the entities describe. `known` are what the migrations alone say. */
export async function notMigrated(dataSource: DataSource, known: RegExp): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query).filter((query) => !known.test(query));
}

/** Takes every migration back, the last one first. */
export async function undoMigrations(dataSource: DataSource): Promise<void> {
  for (const _migration of dataSource.migrations) await dataSource.undoLastMigration();
}

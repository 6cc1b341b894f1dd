import { DozenError } from '@dozen/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { UnitsOfWork } from '../../src/index.js';
import { createTestDatabase, TableOutbox, type TestDatabase } from './database.js';

/** A database with notes, lines and an outbox; `reset` empties it and starts with a new outbox. */
export class Notes {
  outbox = new TableOutbox();
  units: UnitsOfWork;

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    this.units = new UnitsOfWork({ dataSource, outbox: this.outbox });
  }

  static async create(): Promise<Notes> {
    const database = await createTestDatabase();
    await database.query('CREATE TABLE note (id int PRIMARY KEY, text text)');
    await database.query('CREATE TABLE line (note int REFERENCES note DEFERRABLE INITIALLY DEFERRED)');
    await database.query(TableOutbox.ddl);
    return new Notes(database, await database.open());
  }

  async reset(): Promise<void> {
    await this.database.query('TRUNCATE note, line, outbox RESTART IDENTITY');
    this.outbox = new TableOutbox();
    this.units = new UnitsOfWork({ dataSource: this.dataSource, outbox: this.outbox });
  }

  /** What other connections see. */
  async ids(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>('SELECT id FROM note ORDER BY id');
    return rows.map(({ id }) => id);
  }

  async alive(pid: number): Promise<boolean> {
    return (await this.database.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0;
  }
}

export async function insert(manager: EntityManager, id: number): Promise<void> {
  await manager.query('INSERT INTO note VALUES ($1, $2)', [id, 'x']);
}

/** The process id of the connection's server. */
export async function backend(manager: EntityManager): Promise<number> {
  const rows: { pid: number }[] = await manager.query('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof DozenError ? error.code : undefined;
}

import type { EntityManager } from 'typeorm';
import type { Db } from 'pg-boss';

/** pg-boss' statements on the connection of a transaction, so that they commit with it. */
export function bossDb(manager: EntityManager): Db {
  return {
    async executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
      const runner = manager.queryRunner;
      if (runner === undefined) throw new TypeError('a job belongs to a transaction: this manager has none');
      // Asks for the structured result, since the plain one is [rows, count] for UPDATE and DELETE.
      const result = await runner.query(text, values, true);
      return { rows: (result.records as unknown[] | undefined) ?? [] };
    },
  };
}

import type { UnitOfWork } from '@dozen/database';
import type { DataSource } from 'typeorm';
import { type CatalogueChange, CatalogueHistory, type RecordedChange } from '../../application/ports.js';

/** Kept for good: they are decisions of people, and few. */
export class PostgresCatalogueHistory extends CatalogueHistory {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async record({ manager }: UnitOfWork, { sku, change, facts, by, why }: CatalogueChange): Promise<void> {
    await manager.query(
      'INSERT INTO catalogue_change (sku, change, facts, made_by, reason) VALUES ($1, $2, $3, $4, $5)',
      [sku, change, JSON.stringify(facts), by, why],
    );
  }

  of(sku: string): Promise<RecordedChange[]> {
    return this.dataSource.query(
      `SELECT sku, change, facts, made_by AS by, reason AS why, made_at AS "madeAt"
       FROM catalogue_change WHERE sku = $1 ORDER BY id`,
      [sku],
    );
  }
}

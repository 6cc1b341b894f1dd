import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { After } from '../../application/ports.js';

/** Rows of a list that is ordered by (createdAt, `id`), newest first: at most `limit`, those behind `after`. */
export function newestFirst<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  id: keyof Row & string,
  { limit, after }: { limit: number; after: After | undefined },
): Promise<Row[]> {
  const [createdAt, key] = [`${query.alias}.createdAt`, `${query.alias}.${id}`];
  if (after !== undefined) query.andWhere(`(${createdAt}, ${key}) < (:createdAt, :id)`, { ...after });
  return query
    .orderBy({ [createdAt]: 'DESC', [key]: 'DESC' })
    .limit(limit)
    .getMany();
}

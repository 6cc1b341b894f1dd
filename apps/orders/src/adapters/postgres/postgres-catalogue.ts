import { batched, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource, In, MoreThan } from 'typeorm';
import { Catalogue } from '../../application/ports.js';
import { type ListedProduct, LOW_UNITS, type Product } from '../../domain/product.js';
import { ProductEntity } from './entities/product.entity.js';

const SOLD = 'SELECT sku, name, price_amount, currency FROM product WHERE sku = ANY($1::text[]) AND NOT withdrawn';
const ADD = `
  INSERT INTO product (sku, version, name, price_amount, currency, withdrawn, availability)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sku) DO NOTHING RETURNING sku`;

/**
 * How much of a SKU is available? `stock_level` lacks the movements of settled orders. These never lower what is available:
 * they sell what was reserved, or release it. So where the level says plenty, that is true, and movements are summed up only
 * for a SKU that is scarce by its level or was scarce in its last snapshot.
 */
const OUTDATED = `
  SELECT p.sku
  FROM product AS p
    JOIN stock_level AS l USING (sku)
    CROSS JOIN LATERAL (
      SELECT l.available + coalesce(sum(m.available), 0) AS available FROM stock_movement AS m WHERE m.sku = p.sku
    ) AS now
  WHERE NOT p.withdrawn
    AND (l.available <= $1 OR p.availability IS DISTINCT FROM 'in-stock')
    AND p.availability IS DISTINCT FROM
        CASE WHEN now.available <= 0 THEN 'sold-out' WHEN now.available <= $1 THEN 'low' ELSE 'in-stock' END
  ORDER BY p.sku LIMIT $2`;

interface SoldRow {
  readonly sku: string;
  readonly name: string;
  /** A bigint: pg reads it as text. */
  readonly price_amount: string;
  readonly currency: string;
}

/** Several may ask for the same SKUs: each gets those that it asked for. */
const find = batched(async (manager, wanted: readonly (readonly string[])[]) => {
  const rows = await manager.query<SoldRow[]>(SOLD, [[...new Set(wanted.flat())]]);
  const sold = new Map(rows.map((row) => [row.sku, toProduct(row)]));
  return wanted.map((skus) => {
    const products = skus.flatMap((sku) => sold.get(sku) ?? []);
    return new Map(products.map((product) => [product.sku, product]));
  });
});

@Injectable()
export class PostgresCatalogue extends Catalogue {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  find({ manager }: UnitOfWork, skus: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    return find(manager, skus);
  }

  /** Sorted, so that two who lock several do not deadlock. */
  async lock({ manager }: UnitOfWork, skus: readonly string[]): Promise<ListedProduct[]> {
    const rows = await manager.find(ProductEntity, {
      where: { sku: In(skus) },
      order: { sku: 'ASC' },
      lock: { mode: 'for_no_key_update' },
    });
    return rows.map(toListed);
  }

  async page({ manager }: UnitOfWork, limit: number, after = ''): Promise<ListedProduct[]> {
    const rows = await manager.find(ProductEntity, {
      where: { sku: MoreThan(after) },
      order: { sku: 'ASC' },
      take: limit,
      lock: { mode: 'pessimistic_read' },
    });
    return rows.map(toListed);
  }

  async add({ manager }: UnitOfWork, product: ListedProduct): Promise<boolean> {
    const { sku, version, name, price, withdrawn, availability } = product;
    const added: unknown[] = await manager.query(ADD, [
      sku,
      version,
      name,
      price.amount,
      price.currency,
      withdrawn,
      availability ?? null,
    ]);
    return added.length > 0;
  }

  async save({ manager }: UnitOfWork, product: ListedProduct): Promise<void> {
    const { sku, version, name, price, withdrawn, availability = null } = product;
    const { amount: priceAmount, currency } = price;
    await manager.update(ProductEntity, { sku }, { version, name, priceAmount, currency, withdrawn, availability });
  }

  async outdated(limit: number): Promise<string[]> {
    const rows: { sku: string }[] = await this.dataSource.query(OUTDATED, [LOW_UNITS, limit]);
    return rows.map(({ sku }) => sku);
  }
}

function toProduct({ sku, name, price_amount: amount, currency }: SoldRow): Product {
  return { sku, name, price: { amount: Number(amount), currency } };
}

function toListed(row: ProductEntity): ListedProduct {
  const { sku, version, name, priceAmount: amount, currency, withdrawn, availability } = row;
  return { sku, version, name, price: { amount, currency }, withdrawn, availability: availability ?? undefined };
}

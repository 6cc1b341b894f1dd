import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Catalogue } from '../../application/ports.js';
import type { Product, ProductVersion } from '../../domain/product.js';
import { ProductEntity } from './entities/product.entity.js';

/** Returns only what it changed. Sorted, so that two runs at once do not deadlock. */
const PUT = `
  INSERT INTO product (sku, version, name, price_amount, currency)
  SELECT sku, 1, name, price_amount, currency
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS p (sku, name, price_amount, currency) ORDER BY sku
  ON CONFLICT (sku) DO UPDATE
    SET version = product.version + 1, name = excluded.name,
        price_amount = excluded.price_amount, currency = excluded.currency
    WHERE (product.name, product.price_amount, product.currency)
          IS DISTINCT FROM (excluded.name, excluded.price_amount, excluded.currency)
  RETURNING sku, version`;

@Injectable()
export class PostgresCatalogue extends Catalogue {
  async find({ manager }: UnitOfWork, skus: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const rows = await manager.findBy(ProductEntity, { sku: In(skus) });
    return new Map(
      rows.map(({ sku, name, priceAmount: amount, currency }) => [sku, { sku, name, price: { amount, currency } }]),
    );
  }

  async put({ manager }: UnitOfWork, products: readonly Product[]): Promise<ProductVersion[]> {
    const changed: { sku: string; version: number }[] = await manager.query(PUT, [
      products.map(({ sku }) => sku),
      products.map(({ name }) => name),
      products.map(({ price }) => price.amount),
      products.map(({ price }) => price.currency),
    ]);
    const versions = new Map(changed.map(({ sku, version }) => [sku, version]));
    return products.flatMap(({ sku, name, price }) => {
      const version = versions.get(sku);
      return version === undefined ? [] : [{ sku, name, price, version }];
    });
  }
}

import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type After, type ListedProduct, Products } from '../../application/ports.js';
import type { Product } from '../../domain/product.js';
import { ProductEntity } from './entities/product.entity.js';
import { newestFirst } from './newest-first.js';

const KEEP = `
  INSERT INTO products (sku, version, name, price_amount, price_currency, availability) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (sku) DO UPDATE
    SET version = excluded.version, name = excluded.name,
        price_amount = excluded.price_amount, price_currency = excluded.price_currency,
        availability = excluded.availability
    WHERE excluded.version > products.version`;

@Injectable()
export class PostgresProducts extends Products {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async keep({ manager }: UnitOfWork, { sku, version, name, price, availability }: Product): Promise<void> {
    await manager.query(KEEP, [sku, version, name, price.amount, price.currency, availability ?? null]);
  }

  async list(limit: number, after?: After): Promise<ListedProduct[]> {
    const query = this.dataSource
      .getRepository(ProductEntity)
      .createQueryBuilder('p')
      .where("p.availability IS DISTINCT FROM 'withdrawn'");
    const rows = await newestFirst(query, 'sku', { limit, after });
    return rows.map(({ sku, version, name, priceAmount, priceCurrency, availability, createdAt }) => ({
      sku,
      version,
      name,
      price: { amount: priceAmount, currency: priceCurrency },
      availability: availability ?? undefined,
      createdAt,
    }));
  }
}

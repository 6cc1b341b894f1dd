import { formatMoney } from '@dozen/kernel';
import type { Answer } from '@dozen/service';
import type { DataSource } from 'typeorm';
import type { ListedProduct } from '../../domain/product.js';
import { noProduct } from '../../errors.js';
import { PostgresCatalogueHistory } from '../postgres/postgres-catalogue-history.js';
import { ProductEntity } from '../postgres/entities/product.entity.js';

/** A product as it is after a command. */
export async function productAnswer(changed: Promise<ListedProduct>): Promise<Answer> {
  const product = await changed;
  return { text: lineOf(product), json: product };
}

/** The product, the true numbers of its stock, and its changes, oldest first. @throws ORD-NO-PRODUCT */
export async function showProduct(dataSource: DataSource, sku: string): Promise<Answer> {
  const row = await dataSource.getRepository(ProductEntity).findOneBy({ sku });
  if (row === null) throw noProduct(sku);
  const { version, name, priceAmount: amount, currency, withdrawn, availability } = row;
  const product = {
    sku,
    version,
    name,
    price: { amount, currency },
    withdrawn,
    availability: availability ?? undefined,
  };
  const [stock]: { available: number; reserved: number; sold: number }[] = await dataSource.query(
    'SELECT available::float8, reserved::float8, sold::float8 FROM stock WHERE sku = $1',
    [sku],
  );
  const changes = await new PostgresCatalogueHistory(dataSource).of(sku);
  const text = [
    lineOf(product),
    ...(stock === undefined ? [] : [`${stock.available} available, ${stock.reserved} reserved, ${stock.sold} sold`]),
    ...changes.map(
      ({ madeAt, change, facts, by, why }) =>
        `${madeAt.toISOString()} ${change} ${JSON.stringify(facts)} by ${by}: ${why}`,
    ),
  ].join('\n');
  return { text, json: { ...product, stock, changes } };
}

function lineOf({ sku, version, name, price, availability }: ListedProduct): string {
  return `${sku}, version ${version}: ${name}, ${formatMoney(price)}, ${availability ?? 'not announced yet'}`;
}

import { type TtlCache } from '@dozen/cache';
import { type PageQuery, toPage } from '@dozen/http';
import { Inject, Injectable } from '@nestjs/common';
import { Products } from '../../application/ports.js';
import { productResource } from './resources.js';
import { afterOf } from './schemas.js';

/** Injection token of the `TtlCache` of this list. */
export const PRODUCTS_CACHE = Symbol('gateway:products-cache');

/** Goes up with every change of the representation: a rollout has two releases on one cache. */
const REPRESENTATION = 1;

/**
 * Pages of the catalogue as JSON. First pages, which everybody asks for, come from the cache; it holds one for each
 * `limit` at most, since cursors can be made up without end. Nothing in them depends on who asks.
 */
@Injectable()
export class ProductList {
  constructor(
    private readonly products: Products,
    @Inject(PRODUCTS_CACHE) private readonly cache: TtlCache,
  ) {}

  page(query: PageQuery): Promise<string> {
    return query.cursor === undefined
      ? this.cache.get(`products:${REPRESENTATION}:${query.limit}`, () => this.load(query))
      : this.load(query);
  }

  private async load({ limit, cursor }: PageQuery): Promise<string> {
    const products = await this.products.list(limit + 1, afterOf(cursor));
    const page = toPage(products, limit, {
      item: productResource,
      cursor: ({ sku, createdAt }) => ({ id: sku, createdAt: createdAt.toISOString() }),
    });
    return JSON.stringify(page);
  }
}

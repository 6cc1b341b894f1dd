import { type Page, type PageQuery, toPage } from '@dozen/http';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Products } from '../../application/ports.js';
import type { Product } from '../../domain/product.js';
import { matchesEtag, weakEtag } from './etag.js';
import { productResource } from './resources.js';
import { afterOf, productsPage } from './schemas.js';

/** What can be ordered. Any valid token will do: there is nothing of anybody's in it. */
@Controller('/v1/products')
export class ProductsController {
  constructor(private readonly products: Products) {}

  @Get()
  async list(
    @Query({ schema: productsPage }) { limit, cursor }: PageQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<Product> | undefined> {
    const products = await this.products.list(limit + 1, afterOf(cursor));
    const page = toPage(products, limit, {
      item: productResource,
      cursor: ({ sku, createdAt }) => ({ id: sku, createdAt: createdAt.toISOString() }),
    });
    const etag = weakEtag(page);
    void reply.header('ETag', etag).header('Cache-Control', 'private, no-cache');
    if (!matchesEtag(ifNoneMatch, etag)) return page;
    void reply.status(304);
    return undefined;
  }
}

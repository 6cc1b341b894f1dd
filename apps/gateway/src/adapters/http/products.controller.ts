import type { PageQuery } from '@dozen/http';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { matchesEtag, strongEtag } from './etag.js';
import { ProductList } from './product-list.js';
import { productsPage } from './schemas.js';

/**
 * The products that can be ordered. Any valid token will do, since nothing in the list is personal. A client keeps the list and
 * asks each time whether it has changed; if it has not, the answer has no body.
 */
@Controller('/v1/products')
export class ProductsController {
  constructor(private readonly products: ProductList) {}

  @Get()
  async list(
    @Query({ schema: productsPage }) query: PageQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = await this.products.page(query);
    const etag = strongEtag(body);
    void reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (matchesEtag(ifNoneMatch, etag)) void reply.status(304).send();
    else void reply.type('application/json; charset=utf-8').send(body);
  }
}

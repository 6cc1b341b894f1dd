import { ProductSnapshot } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { Products } from '../../application/ports.js';

/** Keeps the catalogue that customers are shown. */
@Controller()
export class CatalogueEventsController {
  constructor(private readonly products: Products) {}

  @Handles(ProductSnapshot)
  async keep({ availability, ...product }: ProductSnapshot, unit: UnitOfWork): Promise<void> {
    await this.products.keep(unit, { ...product, availability });
  }
}

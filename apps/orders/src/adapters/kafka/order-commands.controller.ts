import { CancelOrder as Cancel, PlaceOrder as Place } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { CancelOrder } from '../../application/cancel-order.js';
import { PlaceOrder } from '../../application/place-order.js';

/** Commands for orders, from the gateway and from external producers. */
@Controller()
export class OrderCommandsController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly cancelOrder: CancelOrder,
  ) {}

  /** Locks the id too: an external producer may send one id to two partitions, that is, to two batches at once. */
  @Handles(Place, { locks: ({ orderId, items }) => [orderId, ...items.map(({ sku }) => sku)] })
  async place(command: Place, unit: UnitOfWork): Promise<void> {
    await this.placeOrder.run(unit, command);
  }

  @Handles(Cancel, { locks: ({ orderId }) => [orderId] })
  async cancel(command: Cancel, unit: UnitOfWork): Promise<void> {
    await this.cancelOrder.run(unit, command);
  }
}

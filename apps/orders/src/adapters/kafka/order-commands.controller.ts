import { PlaceOrder as Command } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { PlaceOrder } from '../../application/place-order.js';

/** What others ask of orders, strangers among them. */
@Controller()
export class OrderCommandsController {
  constructor(private readonly placeOrder: PlaceOrder) {}

  /** Locks the id too: a stranger may send one id to two partitions, that is, to two batches at once. */
  @Handles(Command, { locks: ({ orderId, items }) => [orderId, ...items.map(({ sku }) => sku)] })
  async place(command: Command, unit: UnitOfWork): Promise<void> {
    await this.placeOrder.run(unit, command);
  }
}

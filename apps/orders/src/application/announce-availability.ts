import { UnitsOfWork } from '@dozen/database';
import { Recurring, type RecurringTask } from '@dozen/service';
import { Catalogue, Stock } from './ports.js';
import { reviseProducts } from './revise-products.js';

/** Products per transaction. After the first migration that knows availability, all of them are due. */
const PAGE = 100;

/**
 * Publishes a snapshot of each product that orders have made scarce, or plentiful again. It compares what is in stock with what
 * the last snapshot said, so that a crash loses nothing, a reservation costs nothing, and a product has at most one snapshot a
 * second (ADR 0016).
 */
@Recurring('consumer')
export class AnnounceAvailability implements RecurringTask {
  readonly title = 'availability of products';
  readonly everyMs = 1_000;

  constructor(
    private readonly units: UnitsOfWork,
    private readonly catalogue: Catalogue,
    private readonly stock: Stock,
  ) {}

  async runOnce(): Promise<void> {
    let due: string[];
    do {
      due = await this.catalogue.outdated(PAGE);
      if (due.length > 0) await this.announce(due);
    } while (due.length === PAGE);
  }

  /** Looks again under the locks: another process may have been faster. */
  private async announce(skus: readonly string[]): Promise<void> {
    const ports = { catalogue: this.catalogue, stock: this.stock };
    await this.units.run(async (unit) => {
      const products = await this.catalogue.lock(unit, skus);
      await reviseProducts(
        unit,
        ports,
        products.map((product) => ({ product, change: {} })),
      );
    });
  }
}

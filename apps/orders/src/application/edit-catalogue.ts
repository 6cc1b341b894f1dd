import { ProductSnapshot } from '@dozen/contracts';
import type { UnitOfWork, UnitsOfWork } from '@dozen/database';
import type { Money } from '@dozen/kernel';
import { type ListedProduct, newProduct, type Product, type ProductChange } from '../domain/product.js';
import { noProduct, productExists, stockShort } from '../errors.js';
import { productSnapshot } from './events.js';
import type { Catalogue, CatalogueChange, CatalogueHistory, Stock } from './ports.js';
import { reviseProducts } from './revise-products.js';

/** Who decides, and why. */
type Note = Pick<CatalogueChange, 'by' | 'why'>;

/**
 * What operators do to the catalogue while orders come in. Each is one unit: the change, who made it and why, and the
 * snapshot. Orders that were placed before keep their prices. Returns the product as it is then.
 */
export class EditCatalogue {
  constructor(
    private readonly ports: { units: UnitsOfWork; catalogue: Catalogue; stock: Stock; history: CatalogueHistory },
  ) {}

  /** A new product, or one that was withdrawn. @throws ORD-PRODUCT-EXISTS */
  async add({ units, ...product }: Product & { readonly units: number }, note: Note): Promise<ListedProduct> {
    const { catalogue, stock, history } = this.ports;
    const { sku, name, price } = product;
    return this.ports.units.run(async (unit) => {
      await history.record(unit, { sku, change: 'add', facts: { name, price, units }, ...note });
      const [before] = await catalogue.lock(unit, [sku]);
      if (before !== undefined) {
        if (!before.withdrawn) throw productExists(sku);
        await stock.adjust(unit, sku, units);
        return this.revise(unit, before, { name, price, withdrawn: false });
      }
      const added = newProduct(product, units);
      if (!(await catalogue.add(unit, added))) throw productExists(sku);
      await stock.open(unit, [{ sku, available: units }]);
      unit.publish(ProductSnapshot, productSnapshot(added));
      return added;
    });
  }

  /** @throws ORD-NO-PRODUCT, as all that follow. */
  setPrice(sku: string, price: Money, note: Note): Promise<ListedProduct> {
    return this.change({ sku, change: 'set-price', facts: { price }, ...note }, () => ({ price }));
  }

  rename(sku: string, name: string, note: Note): Promise<ListedProduct> {
    return this.change({ sku, change: 'rename', facts: { name }, ...note }, () => ({ name }));
  }

  /** Orders from now on are rejected as of an unknown SKU. Its stock stays. */
  withdraw(sku: string, note: Note): Promise<ListedProduct> {
    return this.change({ sku, change: 'withdraw', facts: {}, ...note }, () => ({ withdrawn: true }));
  }

  restock(sku: string, units: number, note: Note): Promise<ListedProduct> {
    return this.change({ sku, change: 'restock', facts: { units }, ...note }, async (unit) => {
      await this.ports.stock.adjust(unit, sku, units);
      return {};
    });
  }

  /** Units that are lost, broken, given away. What is reserved stays. @throws ORD-STOCK-SHORT too. */
  writeOff(sku: string, units: number, note: Note): Promise<ListedProduct> {
    return this.change({ sku, change: 'write-off', facts: { units }, ...note }, async (unit) => {
      const { stock } = this.ports;
      if (await stock.adjust(unit, sku, -units)) return {};
      throw stockShort({ sku, units, available: (await stock.available(unit, [sku])).get(sku) ?? 0 });
    });
  }

  private change(
    change: CatalogueChange,
    work: (unit: UnitOfWork) => ProductChange | Promise<ProductChange>,
  ): Promise<ListedProduct> {
    return this.ports.units.run(async (unit) => {
      const [product] = await this.ports.catalogue.lock(unit, [change.sku]);
      if (product === undefined) throw noProduct(change.sku);
      await this.ports.history.record(unit, change);
      return this.revise(unit, product, await work(unit));
    });
  }

  private async revise(unit: UnitOfWork, product: ListedProduct, change: ProductChange): Promise<ListedProduct> {
    const { products } = await reviseProducts(unit, this.ports, [{ product, change }]);
    return products[0] ?? product;
  }
}

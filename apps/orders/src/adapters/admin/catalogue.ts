import { envInt } from '@dozen/config';
import { currency, productName, sku } from '@dozen/contracts';
import { money } from '@dozen/kernel';
import { type AdminCommand, type AdminContext, defineCommand, noteOptions as options } from '@dozen/service';
import { EditCatalogue } from '../../application/edit-catalogue.js';
import { republishCatalogue } from '../../application/republish-catalogue.js';
import { MAX_PRICE } from '../../domain/product.js';
import { PostgresCatalogue } from '../postgres/postgres-catalogue.js';
import { PostgresCatalogueHistory } from '../postgres/postgres-catalogue-history.js';
import { PostgresStock } from '../postgres/postgres-stock.js';
import { productAnswer, showProduct } from './product-answer.js';

/* What the commands ask for, by its name in their usage. */
const name = productName.describe('what customers read');
const price = { amount: envInt({ min: 0, max: MAX_PRICE }).describe('minor units (cents)'), currency };
const units = envInt({ min: 1, max: 1_000_000_000 }).describe('how many');

/*
 * The catalogue is changed by these commands alone. Each that changes something says who and why, and is told to everybody
 * by the snapshot that it publishes; `show` and `republish` change nothing.
 */
export const catalogueCommands: readonly AdminCommand[] = [
  defineCommand({
    name: 'catalogue add',
    description: 'put a product in, or back after it was withdrawn',
    arguments: {
      sku,
      name,
      ...price,
      units: envInt({ min: 0, max: 1_000_000_000 }).describe('its first stock'),
    },
    options,
    run: (context, { sku, name, amount, currency, units, ...note }) =>
      productAnswer(edit(context).add({ sku, name, price: money(amount, currency), units }, note)),
  }),
  defineCommand({
    name: 'catalogue set-price',
    description: 'the price of orders from now on',
    arguments: { sku, ...price },
    options,
    run: (context, { sku, amount, currency, ...note }) =>
      productAnswer(edit(context).setPrice(sku, money(amount, currency), note)),
  }),
  defineCommand({
    name: 'catalogue rename',
    description: 'what a product is called',
    arguments: { sku, name },
    options,
    run: (context, { sku, name, ...note }) => productAnswer(edit(context).rename(sku, name, note)),
  }),
  defineCommand({
    name: 'catalogue restock',
    description: 'units that have come, on top of those that are there',
    arguments: { sku, units },
    options,
    run: (context, { sku, units, ...note }) => productAnswer(edit(context).restock(sku, units, note)),
  }),
  defineCommand({
    name: 'catalogue write-off',
    description: 'units that are lost; those that orders have reserved stay',
    arguments: { sku, units },
    options,
    run: (context, { sku, units, ...note }) => productAnswer(edit(context).writeOff(sku, units, note)),
  }),
  defineCommand({
    name: 'catalogue withdraw',
    description: 'sell a product no more',
    arguments: { sku },
    options,
    run: (context, { sku, ...note }) => productAnswer(edit(context).withdraw(sku, note)),
  }),
  defineCommand({
    name: 'catalogue show',
    description: 'a product, its stock, and who changed what',
    arguments: { sku },
    run: ({ dataSource }, { sku }) => showProduct(dataSource, sku),
  }),
  defineCommand({
    name: 'catalogue republish',
    description: 'publish a snapshot of every product again; can be repeated',
    run: async ({ units, dataSource }) => {
      const published = await republishCatalogue(units, new PostgresCatalogue(dataSource));
      return { text: `${published} products published again`, json: { published } };
    },
  }),
];

function edit({ units, dataSource }: AdminContext): EditCatalogue {
  return new EditCatalogue({
    units,
    catalogue: new PostgresCatalogue(dataSource),
    stock: new PostgresStock(),
    history: new PostgresCatalogueHistory(dataSource),
  });
}

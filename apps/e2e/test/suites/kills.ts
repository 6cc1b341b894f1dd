import { judge, readUnits, type Shop } from '../../src/index.js';
import { eventually } from '@dozen/testing';
import { SERVICE_NAMES } from '@dozen/manifest';
import type { Running } from '../running.js';

const ORDERS = 200;
const tokens = ['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_flaky'];
const skus = ['COFFEE-1KG', 'COFFEE-250G', 'TEA-GREEN', 'TEA-BLACK', 'COCOA-500G', 'HONEY-500G'];

/** Each service in turn is killed and restarted under load; then the judge reads databases, provider and mails. */
export function kills(running: () => Running): void {
  it(`${ORDERS} orders survive a SIGKILL of each service in turn`, async () => {
    const seeded = await readUnits(running().databases.orders);
    const earlier = await running().parked();
    const shop = await running().shop('survivor');
    const placing = placeAll(shop);
    for (const name of SERVICE_NAMES) {
      await running().service(name).kill('SIGKILL');
      await running().service(name).restart();
      await running().service(name).waitReady();
    }
    const accepted = await placing;
    expect(new Set(accepted).size).toBe(ORDERS);
    const facts = await eventually(
      async () => {
        const seen = await running().facts(accepted, seeded);
        const mine = { ...seen, deadLetters: seen.deadLetters.filter((letter) => !earlier.includes(letter)) };
        expect(judge(mine)).toEqual([]);
        expect(mailsOf(mine.mails, accepted)).toBe(2 * ORDERS);
        return mine;
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
    const count = (status: string) => facts.orders.filter((o) => accepted.includes(o.id) && o.status === status).length;
    process.stdout.write(
      `kills: ${accepted.length} orders accepted, ${count('confirmed')} confirmed, ${count('rejected')} rejected, ` +
        `${facts.charges.length} charges in all, ${facts.mails.length} mails of which ${repeats(facts.mails)} repeats\n`,
    );
  }, 150_000);
}

/** About 20 a second, so that the load lasts through all four restarts. */
async function placeAll(shop: Shop): Promise<string[]> {
  const placed: Promise<string>[] = [];
  for (let n = 0; n < ORDERS; n += 1) {
    const [sku = '', paymentToken = ''] = [skus[n % skus.length], tokens[n % tokens.length]];
    placed.push(shop.place({ items: [{ sku, quantity: 1 + (n % 3) }], paymentToken }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Promise.all(placed);
}

/** Different mails, not repeats: a placed and a final one for each order. */
function mailsOf(mails: readonly { orderId: string; messageId: string }[], orders: readonly string[]): number {
  const wanted = new Set(orders);
  return new Set(mails.filter(({ orderId }) => wanted.has(orderId)).map(({ messageId }) => messageId)).size;
}

function repeats(mails: readonly { messageId: string }[]): number {
  return mails.length - new Set(mails.map(({ messageId }) => messageId)).size;
}

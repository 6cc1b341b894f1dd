import { openShop, type OrderView, type Shop } from '../../src/index.js';
import { eventually } from '@dozen/testing';
import type { Running } from '../running.js';
import { sessionOf, statusFor } from '../support/session.js';

const FINAL = ['confirmed', 'rejected', 'cancelled'];

/** Wherever it runs. */
type System = Pick<Running, 'shop' | 'facts' | 'gatewayUrl' | 'identityUrl'>;

/** Every branch of the flow, over REST, as a customer sees it. */
export function journeys(running: () => System): void {
  describe('an order', () => {
    let shop: Shop;
    let unanswered: string;

    beforeAll(async () => {
      shop = await running().shop('journeys');
      // Its time runs out while the others go on.
      unanswered = await shop.place({ items: [{ sku: 'TEA-GREEN', quantity: 1 }], paymentToken: 'tok_timeout' });
    });

    async function outcome(items: { sku: string; quantity: number }[], paymentToken: string) {
      const id = await shop.place({ items, paymentToken });
      return { id, view: await ended(id) };
    }

    async function ended(id: string): Promise<OrderView> {
      return eventually(
        async () => {
          const seen = await shop.view(id);
          expect(FINAL).toContain(seen.status);
          return seen;
        },
        { timeoutMs: 20_000 },
      );
    }

    async function types(id: string): Promise<string[]> {
      return (await shop.timeline(id)).map(({ type }) => type.replace(/^dozen\.|\.v1$/g, ''));
    }

    it('is confirmed when stock and card are good, and its timeline tells the whole story', async () => {
      const { id, view } = await outcome([{ sku: 'COFFEE-1KG', quantity: 2 }], 'tok_ok');
      expect(view).toMatchObject({ status: 'confirmed', rejection: null });
      const story = await eventually(async () => {
        const seen = await types(id);
        expect(seen.filter((type) => type === 'MailSent')).toHaveLength(2);
        return seen;
      });
      expect(story[0]).toBe('OrderRequested');
      for (const type of ['OrderPlaced', 'InvoiceOpened', 'PaymentCaptured', 'OrderConfirmed']) {
        expect(story.filter((seen) => seen === type)).toEqual([type]);
      }
      expect(story.indexOf('OrderPlaced')).toBeLessThan(story.indexOf('OrderConfirmed'));
    });

    it('is rejected when the card is declined, and its stock comes back', async () => {
      const { id, view } = await outcome([{ sku: 'GRINDER', quantity: 5 }], 'tok_declined');
      expect(view).toMatchObject({ status: 'rejected', rejection: { reason: 'ORD-PAYMENT-DECLINED' } });
      const { stock } = await running().facts([id]);
      expect(stock.find(({ sku }) => sku === 'GRINDER')).toMatchObject({ reserved: 0, sold: 0 });
      expect(await types(id)).toContain('PaymentDeclined');
    });

    it('is rejected for a SKU that nobody knows', async () => {
      const { view } = await outcome([{ sku: 'NO-SUCH-THING', quantity: 1 }], 'tok_ok');
      expect(view).toMatchObject({ status: 'rejected', rejection: { reason: 'ORD-UNKNOWN-SKU' } });
    });

    it('is rejected when there is not enough stock', async () => {
      const { view } = await outcome([{ sku: 'SOLD-OUT', quantity: 1 }], 'tok_ok');
      expect(view).toMatchObject({ status: 'rejected', rejection: { reason: 'ORD-OUT-OF-STOCK' } });
    });

    it('is charged once although the provider fails after it took the money', async () => {
      const { id, view } = await outcome([{ sku: 'TEA-GREEN', quantity: 1 }], 'tok_flaky_after');
      expect(view.status).toBe('confirmed');
      const facts = await running().facts([id]);
      expect(facts.charges.filter(({ reference }) => reference === id)).toHaveLength(1);
    });

    it('is cancelled while it is being charged: nothing is taken, its stock comes back, and a mail says so', async () => {
      const id = await shop.place({ items: [{ sku: 'RARE-1', quantity: 3 }], paymentToken: 'tok_slow' });
      expect(await shop.cancel(id)).toBe(true);
      expect(await ended(id)).toMatchObject({ status: 'cancelled' });
      const seen = await types(id);
      for (const type of ['CancellationRequested', 'OrderCancelling', 'PaymentVoided', 'OrderCancelled']) {
        expect(seen.filter((one) => one === type)).toEqual([type]);
      }
      await eventually(async () => {
        const { mails, stock } = await running().facts([id]);
        const templates = mails.filter(({ orderId }) => orderId === id).map(({ template }) => template);
        expect(templates.sort()).toEqual(['order-cancelled', 'order-placed']);
        expect(stock.find(({ sku }) => sku === 'RARE-1')).toMatchObject({ available: 3, reserved: 0, sold: 0 });
      });
    });

    it('is not cancelled once it is confirmed', async () => {
      const { id } = await outcome([{ sku: 'TEA-GREEN', quantity: 1 }], 'tok_ok');
      expect(await shop.cancel(id)).toBe(false);
    });

    it('is rejected when the card never answers, and what was taken is given back', async () => {
      const view = await ended(unanswered);
      expect(view).toMatchObject({ status: 'rejected', rejection: { reason: 'ORD-PAYMENT-TIMED-OUT' } });
      await eventually(async () => {
        const { mails, charges } = await running().facts([unanswered]);
        expect(charges.filter(({ reference }) => reference === unanswered)).toMatchObject([{ status: 'refunded' }]);
        const templates = mails.filter(({ orderId }) => orderId === unanswered).map(({ template }) => template);
        expect(templates.sort()).toEqual(['order-placed', 'order-refunded', 'order-rejected']);
      });
    });

    it('is placed once by equal requests, and refused for another payload under the same key', async () => {
      const post = (quantity: number) =>
        shop.request('/v1/orders', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': '"journey-once"' },
          body: JSON.stringify({ items: [{ sku: 'MUG-BLUE', quantity }], paymentToken: 'tok_ok' }),
        });
      const first = await post(1);
      const again = await post(1);
      expect([first.status, again.status]).toEqual([202, 202]);
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      expect(await again.json()).toEqual(await first.json());
      expect((await post(2)).status).toBe(422);
    });

    it('is not there for another customer', async () => {
      const id = await shop.place({ items: [{ sku: 'MUG-BLUE', quantity: 1 }], paymentToken: 'tok_ok' });
      const other = await running().shop('other');
      expect((await other.request(`/v1/orders/${id}`)).status).toBe(404);
    });
  });

  it('a caller without a token is told so', async () => {
    const { gatewayUrl, identityUrl } = running();
    const shop = await openShop({ gatewayUrl, identityUrl, customer: 'nobody' });
    expect((await fetch(new URL('/v1/orders', gatewayUrl()))).status).toBe(401);
    expect((await shop.request('/v1/orders')).status).toBe(200);
  });

  it('a page in a browser goes by its session, until that is over', async () => {
    const { gatewayUrl } = running();
    const cookie = await sessionOf(await running().shop('browser'));
    expect(await statusFor(gatewayUrl(), cookie)).toBe(200);
    const over = await fetch(new URL('/v1/session', gatewayUrl()), { method: 'DELETE', headers: { cookie } });
    expect(over.status).toBe(204);
    expect(await statusFor(gatewayUrl(), cookie)).toBe(401);
  });
}

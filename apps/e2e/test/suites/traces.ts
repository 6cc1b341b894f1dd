import { randomBytes, randomUUID } from 'node:crypto';
import { readCatalogue, type ReceivedSpan } from '@dozen/observability';
import { eventually } from '@dozen/testing';
import type { Shop } from '../../src/index.js';
import { repository, type Running } from '../running.js';

const WITHIN = { timeoutMs: 20_000, everyMs: 250 };

/** What hangs below a request that places an order whose card is good: service, kind, name. */
const PLACED = `
gateway server POST /v1/orders
  gateway producer create dozen.PlaceOrder.v1
    orders consumer process dozen.PlaceOrder.v1
      orders producer create dozen.OrderPlaced.v1
        billing consumer process dozen.OrderPlaced.v1
          billing consumer perform charge-payment
            billing client POST charges
            billing producer create dozen.PaymentCaptured.v1
              gateway consumer process dozen.PaymentCaptured.v1
              orders consumer process dozen.PaymentCaptured.v1
                orders producer create dozen.OrderConfirmed.v1
                  gateway consumer process dozen.OrderConfirmed.v1
                  notifier consumer process dozen.OrderConfirmed.v1
                    notifier consumer perform send-mail
                      notifier client deliver mail
                      notifier producer create dozen.MailSent.v1
                        gateway consumer process dozen.MailSent.v1
          billing consumer perform time-out-payment
          billing producer create dozen.InvoiceOpened.v1
            gateway consumer process dozen.InvoiceOpened.v1
        gateway consumer process dozen.OrderPlaced.v1
        notifier consumer process dozen.OrderPlaced.v1
          notifier consumer perform send-mail
            notifier client deliver mail
            notifier producer create dozen.MailSent.v1
              gateway consumer process dozen.MailSent.v1
`;

/** The services of that flow. Others may hear of it, too. */
const FLOW: ReadonlySet<unknown> = new Set([...PLACED.matchAll(/^ *(\S+)/gm)].map(([, name]) => name));

/** What a cancellation leads to while the card is being charged, as far as the provider's answer decides nothing of it. */
const CANCELLED = [
  'gateway server POST /v1/orders/:id/cancellation',
  'orders consumer process dozen.CancelOrder.v1',
  'orders consumer process dozen.PaymentVoided.v1',
  'notifier client deliver mail',
];

/** One trace per request, over every service, from the request to the last mail. */
export function traces(running: () => Running): void {
  describe('the trace of a request', () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await running().shop('traced');
    });

    /** Posts within a trace of this test's own, and tells which. */
    async function post(path: string, body?: unknown): Promise<{ traceId: string; location: string }> {
      const traceId = randomBytes(16).toString('hex');
      const response = await shop.request(path, {
        method: 'POST',
        headers: {
          traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
          'idempotency-key': `"${randomUUID()}"`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(response.status).toBe(202);
      return { traceId, location: response.headers.get('location') ?? '' };
    }

    const placing = (paymentToken: string) =>
      post('/v1/orders', { items: [{ sku: 'COFFEE-1KG', quantity: 1 }], paymentToken });
    const spansOf = (traceId: string): ReceivedSpan[] =>
      running().observed.receiver.spans.filter(
        ({ traceId: of, resource }) => of === traceId && FLOW.has(resource['service.name']),
      );

    it('reaches every service, the provider and the last mail, each span below what caused it', async () => {
      const { traceId } = await placing('tok_ok');
      await eventually(() => expect(treeOf(spansOf(traceId))).toBe(PLACED), WITHIN);

      const spans = spansOf(traceId);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const statements = spans.filter(isStatement);
      expect(new Set(statements.map(({ resource }) => resource['service.name']))).toEqual(FLOW);
      expect(statements.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId))).toEqual([]);
      expect(new Set(spans.map(({ resource }) => resource['service.version']))).toEqual(new Set(['local']));
    });

    it('is linked to by the batches in which the relays sent its messages', async () => {
      const { traceId } = await placing('tok_declined');
      await eventually(() => {
        const created = spansOf(traceId).filter(({ kind }) => kind === 'producer');
        expect(created.length).toBeGreaterThan(4);
        const linked = new Set(sent().flatMap(({ links }) => links.map(({ spanId }) => spanId)));
        expect(created.filter(({ spanId }) => !linked.has(spanId)).map(({ name }) => name)).toEqual([]);
      }, WITHIN);
    });

    it('goes on from a cancellation to what gives the money back', async () => {
      const { location } = await placing('tok_slow');
      const { traceId } = await post(`${location}/cancellation`);
      await eventually(() => {
        const tree = treeOf(spansOf(traceId));
        expect(CANCELLED.filter((line) => !tree.includes(line))).toEqual([]);
      }, WITHIN);
    });

    it('is made of the spans of the catalogue and their attributes, and names no customer', async () => {
      const { spans } = await readCatalogue(repository);
      const known = spans.map(({ name, kind, attributes }) => ({ kind, attributes, pattern: patternOf(name) }));
      const strange = running().observed.receiver.spans.filter(
        ({ name, kind, attributes }) =>
          !known.some(
            (one) =>
              one.kind === kind &&
              one.pattern.test(name) &&
              Object.keys(attributes).every((attribute) => one.attributes.includes(attribute)),
          ),
      );
      expect(strange.slice(0, 3)).toEqual([]);
      const values = running().observed.receiver.spans.flatMap(({ attributes }) => Object.values(attributes));
      expect(values.filter((value) => /tok_|@|example\.org/.test(value))).toEqual([]);
    });

    const sent = (): ReceivedSpan[] =>
      running().observed.receiver.spans.filter(({ attributes }) => attributes['messaging.operation.name'] === 'send');
  });
}

const isStatement = ({ attributes }: ReceivedSpan): boolean => attributes['db.system.name'] !== undefined;

/** `{…}` stands for what differs; `send {topic}` is `send` alone for a batch of several. */
function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll(/ ?\{\w+\}/g, '( ?.+)?')}$`);
}

/** Indented by parent, siblings in the order of their text, without the statements. */
function treeOf(spans: readonly ReceivedSpan[]): string {
  const shown = spans.filter((span) => !isStatement(span));
  const ids = new Set(shown.map(({ spanId }) => spanId));
  const children = (parent: string | undefined): readonly ReceivedSpan[] =>
    shown.filter(({ parentSpanId }) => (parent === undefined ? !ids.has(parentSpanId ?? '') : parentSpanId === parent));
  const below = (parent: string | undefined, depth: number): string[] =>
    children(parent)
      .map((span) => settled(span, children))
      .map(({ spanId, kind, name, resource }) => {
        const line = `${'  '.repeat(depth)}${resource['service.name']} ${kind} ${name}`;
        return [line, ...below(spanId, depth + 1)].join('\n');
      })
      .sort();
  return `\n${below(undefined, 0).join('\n')}\n`;
}

/** A mail whose turn has not come is enqueued anew, below the attempt that found so: the last attempt counts. */
function settled(span: ReceivedSpan, children: (id: string) => readonly ReceivedSpan[]): ReceivedSpan {
  const again = children(span.spanId).find(({ name }) => name === span.name);
  return again === undefined ? span : settled(again, children);
}

import fc from 'fast-check';
import { money } from '@dozen/kernel';
import type { EntryData } from './entry-data.js';
import { foldEntry, foldTimeline, type FoldInput, type OrderView } from './order-view.js';

const start = Date.UTC(2026, 0, 1);
const total = money(2500, 'EUR');
const items = [{ sku: 'MUG-1', name: 'Mug', quantity: 2, unitPrice: money(1250, 'EUR') }];
const requested = [{ sku: 'MUG-1', quantity: 2 }];
const detail = 'the card was declined';

const request: EntryData = { kind: 'OrderRequested', items: requested };
const placed: EntryData = { kind: 'OrderPlaced', version: 1, items, total };
const confirmed: EntryData = { kind: 'OrderConfirmed', version: 2, items, total };
const refused = (version: number): EntryData => ({
  kind: 'OrderRejected',
  version,
  items: requested,
  reason: version === 1 ? 'ORD-OUT-OF-STOCK' : 'ORD-PAYMENT-DECLINED',
  detail,
  refunded: null,
});
const wish: EntryData = { kind: 'CancellationRequested' };
const cancelling: EntryData = { kind: 'OrderCancelling', version: 2 };
const cancelled: EntryData = { kind: 'OrderCancelled', version: 3, items, total, refunded: total };
const tooLate: EntryData = { kind: 'CancellationRefused', reason: 'ORD-CONFIRMED' };
const refunded: EntryData = { kind: 'PaymentRefunded', version: 3, amount: total, reason: 'cancelled' };
const opened: EntryData = { kind: 'InvoiceOpened', version: 1, invoiceId: 'i', amount: total };
const captured: EntryData = { kind: 'PaymentCaptured', version: 2, amount: total };
const declined: EntryData = { kind: 'PaymentDeclined', version: 2, amount: total, reason: 'insufficient_funds' };
const mail = (template: 'order-placed' | 'order-confirmed' | 'order-rejected', version: number): EntryData => ({
  kind: 'MailSent',
  version,
  template,
});

/** Each branch as the topics tell it: [requests, orders.events, billing.events, notifier.events]. */
const stories: Record<string, EntryData[][]> = {
  confirmed: [
    [request],
    [placed, confirmed],
    [opened, captured],
    [mail('order-placed', 1), mail('order-confirmed', 2)],
  ],
  declined: [[request], [placed, refused(2)], [opened, declined], [mail('order-placed', 1), mail('order-rejected', 2)]],
  rejected: [[request], [refused(1)], [], [mail('order-rejected', 1)]],
  cancelled: [[request, wish], [placed, cancelling, cancelled], [opened, captured, refunded], []],
  tooLate: [[request, wish], [placed, confirmed, tooLate], [opened, captured], []],
  external: [[], [placed, confirmed], [opened, captured], [mail('order-placed', 1)]],
};

/** Every entry with a time of its own, which stays with it wherever it arrives; clocks may run minutes apart. */
const storyWithTimes = fc.constantFrom(...Object.values(stories)).chain((topics) => {
  const count = topics.flat().length;
  return fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: count, maxLength: count }).map((offsets) => {
    let next = 0;
    return topics.map((topic) =>
      topic.map((data): FoldInput => ({ data, time: new Date(start + (offsets[next++] ?? 0)) })),
    );
  });
});

/** Takes the next entry of the topic that each number points at, until all are taken. */
function interleave(topics: readonly FoldInput[][], picks: readonly number[]): FoldInput[] {
  const queues = topics.map((entries) => [...entries]);
  const result: FoldInput[] = [];
  for (let step = 0; ; step++) {
    const open = queues.filter((queue) => queue.length > 0);
    const entry = open[(picks[step % picks.length] ?? 0) % open.length]?.shift();
    if (entry === undefined) return result;
    result.push(entry);
  }
}

function viewOf(...entries: EntryData[]): OrderView | undefined {
  return foldTimeline(entries.map((data, index) => ({ data, time: new Date(start + index * 1000) })));
}

describe('the view of an order', () => {
  it('is the same for every arrival order that keeps the order within each topic', () => {
    const picks = fc.array(fc.nat(100), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(storyWithTimes, picks, picks, (topics, one, other) => {
        expect(foldTimeline(interleave(topics, one))).toEqual(foldTimeline(interleave(topics, other)));
      }),
    );
  });

  it('survives being stored as JSON after any number of entries', () => {
    const picks = fc.array(fc.nat(100), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(storyWithTimes, picks, fc.nat(8), (topics, order, cut) => {
        const entries = interleave(topics, order);
        const whole = foldTimeline(entries);
        const prefix = foldTimeline(entries.slice(0, cut));
        const stored = prefix && (JSON.parse(JSON.stringify(prefix)) as OrderView);
        expect(entries.slice(cut).reduce(foldEntry, stored)).toEqual(whole);
      }),
    );
  });

  it('is undefined of an empty timeline', () => {
    expect(foldTimeline([])).toBeUndefined();
  });

  it('is pending after the request alone, with the items as requested', () => {
    expect(viewOf(request)).toMatchObject({ status: 'pending', version: 0, items: requested, total: null });
  });

  it('stays pending whatever billing says, since the status belongs to orders', () => {
    expect(viewOf(request, opened, captured)).toMatchObject({ status: 'pending', payment: { status: 'captured' } });
  });

  it('takes no payment from what orders says', () => {
    expect(viewOf(request, placed, confirmed)).toMatchObject({ status: 'confirmed', total, payment: null });
  });

  it('keeps the priced items of an order that is rejected later, with the reason', () => {
    const view = viewOf(request, placed, refused(2), opened, declined);
    expect(view).toMatchObject({ status: 'rejected', items, total, version: 2 });
    expect(view?.rejection).toEqual({ reason: 'ORD-PAYMENT-DECLINED', detail });
    expect(view?.payment).toEqual({ version: 2, status: 'declined', amount: total, reason: 'insufficient_funds' });
  });

  it('tells of a cancellation what orders says, and before that, that it is asked for', () => {
    expect(viewOf(request, wish)?.cancellation).toEqual({ status: 'requested', reason: null });
    expect(viewOf(placed, wish, cancelling)).toMatchObject({
      status: 'cancelling',
      cancellation: { status: 'accepted' },
    });
    expect(viewOf(placed, confirmed, tooLate, wish)).toMatchObject({
      status: 'confirmed',
      cancellation: { status: 'refused', reason: 'ORD-CONFIRMED' },
    });
    expect(viewOf(placed, cancelling, cancelled, opened, captured, refunded)).toMatchObject({
      status: 'cancelled',
      payment: { status: 'refunded', reason: 'cancelled' },
    });
  });

  it('is not set back by an older version that comes again', () => {
    expect(viewOf(placed, confirmed, placed)).toMatchObject({ status: 'confirmed', version: 2 });
    expect(viewOf(opened, captured, opened)).toMatchObject({ payment: { status: 'captured' } });
  });

  it('lists mails in the order in which notifier sent them', () => {
    expect(viewOf(mail('order-placed', 1), mail('order-confirmed', 2))?.mails).toEqual([
      { template: 'order-placed', time: '2026-01-01T00:00:00.000Z' },
      { template: 'order-confirmed', time: '2026-01-01T00:00:01.000Z' },
    ]);
  });
});

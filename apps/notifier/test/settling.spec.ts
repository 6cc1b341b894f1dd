import { failedJobs, Jobs } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { PostgresMails } from '../src/adapters/postgres/postgres-mails.js';
import { sendMail } from '../src/application/jobs.js';
import { type MailKey, messageIdOf } from '../src/domain/mail-key.js';
import { startNotifier, type TestNotifier } from './support/notifier.js';

let notifier: TestNotifier;
let mails: PostgresMails;

beforeAll(async () => {
  notifier = await startNotifier();
  mails = new PostgresMails(notifier.dataSource);
});

afterAll(() => notifier.stop());

type PricedKey = MailKey & { readonly template: 'order-placed' | 'order-confirmed' };

const order = (): readonly [PricedKey, PricedKey] => {
  const orderId = newId();
  return [
    { orderId, template: 'order-placed' },
    { orderId, template: 'order-confirmed' },
  ];
};
const add = (...keys: PricedKey[]): Promise<void> =>
  notifier.units.run(async (unit) => {
    for (const { orderId, template } of keys) {
      const total = { amount: 1, currency: 'EUR' };
      await mails.add(unit, {
        orderId,
        messageId: messageIdOf({ orderId, template }, 'dozen.example'),
        recipient: `${orderId}@example.org`,
        locale: 'en',
        notice: { template, items: [], total },
      });
    }
  });
const sent = (key: MailKey) => notifier.units.run((unit) => mails.markSent(unit, key));
const refused = (key: MailKey) => notifier.units.run((unit) => mails.markRefused(unit, key, '550'));

describe('settling a mail', () => {
  it('counts it once, however many say that they sent it', async () => {
    const [placed] = order();
    await add(placed);
    const counts = await Promise.all([sent(placed), sent(placed), sent(placed)]);
    expect(counts.filter((count) => count !== undefined)).toEqual([1]);
    expect(await sent(placed)).toBeUndefined();
  });

  it('counts the mails of an order without gap or repetition', async () => {
    const keys = order();
    await add(...keys);
    expect((await Promise.all(keys.map(sent))).toSorted()).toEqual([1, 2]);
  });

  it('counts mails that are settled together in their turn, and not those that were before', async () => {
    const [[one, two], [other, last], [unknown]] = [order(), order(), order()];
    await add(one, two, other, last);
    await sent(last);
    const together = [last, two, other, unknown, one];
    const counts = await notifier.units.run((unit) => Promise.all(together.map((key) => mails.markSent(unit, key))));
    expect(counts[0]).toBeUndefined();
    expect([counts[1], counts[4]].toSorted()).toEqual([1, 2]);
    expect(counts.slice(2, 4)).toEqual([2, undefined]);
  });

  it('is final: what is sent is never refused, what is refused is never sent', async () => {
    const [a, b] = order();
    await add(a, b);
    await sent(a);
    expect(await refused(a)).toBe(false);
    expect(await refused(b)).toBe(true);
    expect(await sent(b)).toBeUndefined();
    expect([await mails.find(a), await mails.find(b)]).toEqual([{ is: 'sent' }, { is: 'refused' }]);
  });
});

describe('a job', () => {
  const enqueue = (key: MailKey) =>
    notifier.units.run((unit) => notifier.app.get(Jobs).enqueue(unit, sendMail, { ...key }));
  const stateOf = async ({ orderId }: MailKey) => {
    const rows: { state: string }[] = await notifier.dataSource.query(
      "SELECT state::text AS state FROM pgboss.job WHERE data->'data'->>'orderId' = $1",
      [orderId],
    );
    return rows[0]?.state;
  };

  it('for a mail that is sent already ends without the mail server', async () => {
    const [placed] = order();
    await add(placed);
    await sent(placed);
    await enqueue(placed);
    await eventually(async () => expect(await stateOf(placed)).toBeUndefined());
    expect(notifier.mailServer.attemptsAt(`${placed.orderId}@example.org`)).toBe(0);
  });

  it('for a mail that nobody wrote fails with a code', async () => {
    const [placed] = order();
    await enqueue(placed);
    await eventually(async () => {
      const failed = (await failedJobs(notifier.dataSource)).filter(({ reason }) => reason.includes(placed.orderId));
      expect(failed).toMatchObject([{ queue: 'send-mail', code: 'NTF-MAIL-UNKNOWN' }]);
    });
  });
});

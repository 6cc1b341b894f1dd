import { jest } from '@jest/globals';
import { MailSent } from '@dozen/contracts';
import { failedJobs } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { startNotifier, type TestNotifier } from './support/notifier.js';
import { story } from './support/story.js';

let notifier: TestNotifier;

beforeAll(async () => {
  notifier = await startNotifier();
});

afterEach(() => jest.restoreAllMocks());

afterAll(() => notifier.stop());

interface MailRow {
  readonly template: string;
  readonly recipient: string | null;
  readonly notice: unknown;
  readonly sent: boolean;
  readonly refused_answer: string | null;
}

const mailsOf = (orderId: string): Promise<MailRow[]> =>
  notifier.dataSource.query(
    `SELECT template, recipient, notice, sent_at IS NOT NULL AS sent, refused_answer
       FROM mails WHERE order_id = $1 ORDER BY created_at, template`,
    [orderId],
  );

/** What was told of an order's mails, in the order in which the relay would send it. */
async function told(orderId: string): Promise<MailSent[]> {
  const rows: { payload: string }[] = await notifier.dataSource.query(
    'SELECT payload FROM messaging.outbox WHERE key = $1 ORDER BY seq',
    [orderId],
  );
  return rows.map(({ payload }) => MailSent.schema.parse(JSON.parse(payload)));
}

const jobsOf = (orderId: string): Promise<{ name: string; state: string; attempts: number }[]> =>
  notifier.dataSource.query(
    `SELECT name, state::text AS state, retry_count + 1 AS attempts
       FROM pgboss.job WHERE data->'data'->>'orderId' = $1 ORDER BY name, created_on`,
    [orderId],
  );

async function untilSent(orderId: string, count: number): Promise<void> {
  await eventually(async () => {
    expect((await mailsOf(orderId)).filter(({ sent }) => sent)).toHaveLength(count);
  });
}

const sentTo = (email: string) => notifier.mailServer.receivedBy(email).map(({ messageId }) => messageId);

describe('the mails of an order', () => {
  it('are one for each thing that happens to it, and each is told of', async () => {
    const { orderId, email, placed, confirmed } = story();
    await notifier.publish(placed());
    await untilSent(orderId, 1);
    await notifier.publish(confirmed());
    await untilSent(orderId, 2);

    const ids = ['order-placed', 'order-confirmed'].map((template) => `<${orderId}.${template}@dozen.example>`);
    expect(sentTo(email)).toEqual(ids);
    expect(notifier.mailServer.receivedBy(email)[0]).toMatchObject({
      subject: `We have your order (${orderId})`,
      raw: expect.stringMatching(/^From: Dozen <orders@dozen\.example>\r$/m),
    });
    expect(await told(orderId)).toEqual([
      { orderId, aggregateVersion: 1, template: 'order-placed', messageId: ids[0] },
      { orderId, aggregateVersion: 2, template: 'order-confirmed', messageId: ids[1] },
    ]);
  });

  it("say why in the customer's language when it is rejected", async () => {
    const { orderId, email, rejected } = story('de-AT');
    await notifier.publish(rejected());
    await untilSent(orderId, 1);
    const [mail] = notifier.mailServer.receivedBy(email);
    expect(mail?.messageId).toBe(`<${orderId}.order-rejected@dozen.example>`);
    expect(mail?.raw).toMatch(/^Content-Language: de\r$/m);
  });

  it.each([
    'info@xn--e1afmkfd.xn--p1ai',
    'you&me@example.org',
    'a/b@example.org',
    "{o'brien}|~!#$%*+-=?^_`@mail.example",
    // One octet less than RFC 5321 has: smtp-server takes 253.
    `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(60)}`,
  ])('reach %s', async (address) => {
    const { orderId, placed } = story('en', address);
    await notifier.publish(placed());
    await untilSent(orderId, 1);
    expect(notifier.mailServer.receivedBy(address)).toMatchObject([{ to: address, addressee: address }]);
  });

  it('leave neither address nor content behind, in no table and no log', async () => {
    const { orderId, email, placed } = story();
    await notifier.publish(placed());
    await untilSent(orderId, 1);
    expect(await mailsOf(orderId)).toEqual([
      { template: 'order-placed', recipient: null, notice: null, sent: true, refused_answer: null },
    ]);
    const found: { found: number }[] = await notifier.dataSource.query(
      `SELECT count(*)::int AS found FROM pgboss.job AS j WHERE j::text LIKE '%' || $1 || '%'`,
      [email],
    );
    expect(found).toEqual([{ found: 0 }]);
    expect(notifier.logs.filter((line) => line.includes(email))).toEqual([]);
    expect(notifier.logs.some((line) => line.includes(orderId))).toBe(true);
  });

  it('are not doubled by a redelivery', async () => {
    const { orderId, email, placed, confirmed } = story();
    const id = newId();
    const enqueued = jest.spyOn(notifier.jobs, 'enqueue');
    await notifier.publish(placed(id), placed(id), confirmed());
    await untilSent(orderId, 2);
    // One that waits its turn is enqueued again, for later.
    expect(enqueued.mock.calls.filter(([, , , options]) => options?.startAfterSeconds === undefined)).toHaveLength(2);
    expect(sentTo(email)).toHaveLength(2);
  });

  it('are not doubled by a second message that says the same', async () => {
    const { orderId, email, placed, confirmed } = story();
    const enqueued = jest.spyOn(notifier.jobs, 'enqueue');
    await notifier.publish(placed());
    await untilSent(orderId, 1);
    await notifier.publish(placed(), confirmed());
    await untilSent(orderId, 2);
    expect(enqueued).toHaveBeenCalledTimes(2);
    expect(sentTo(email).filter((messageId) => messageId.includes('order-placed'))).toHaveLength(1);
    expect(await told(orderId)).toHaveLength(2);
  });
});

describe('a mail server', () => {
  it.each(['recipient', 'data'] as const)('that says "later" (4xx to the %s) is asked again', async (at) => {
    const { orderId, email, placed } = story();
    notifier.mailServer.next(email, { at, answer: '451 4.7.1 greylisted, try again' });
    await notifier.publish(placed());
    await untilSent(orderId, 1);
    const messageId = `<${orderId}.order-placed@dozen.example>`;
    const mails = notifier.mailServer.receivedBy(email);
    expect(notifier.mailServer.attemptsAt(email)).toBe(2);
    expect(mails.filter(({ taken }) => taken)).toHaveLength(1);
    expect(new Set(mails.map((mail) => mail.messageId))).toEqual(new Set([messageId]));
    expect(await told(orderId)).toEqual([{ orderId, aggregateVersion: 1, template: 'order-placed', messageId }]);
  });

  it('whose answer gets lost receives the mail again under the same Message-ID, and it counts as one', async () => {
    const { orderId, email, placed } = story();
    notifier.mailServer.next(email, { at: 'data', drop: true });
    await notifier.publish(placed());
    await untilSent(orderId, 1);
    const messageId = `<${orderId}.order-placed@dozen.example>`;
    expect(sentTo(email)).toEqual([messageId, messageId]);
    expect(await told(orderId)).toHaveLength(1);
  });

  it.each(['recipient', 'data'] as const)(
    'that refuses (5xx to the %s) is not asked again; an operator sees it',
    async (at) => {
      const { orderId, email, placed, confirmed } = story();
      notifier.mailServer.next(email, { at, answer: `550 5.1.1 <${email}> user unknown` });
      await notifier.publish(placed());
      const failed = await eventually(async () => {
        const found = (await failedJobs(notifier.dataSource)).find(({ reason }) => reason.includes(orderId));
        if (found === undefined) throw new Error('no failed job yet');
        return found;
      });
      expect(failed).toMatchObject({ queue: 'undeliverable-mail', code: 'NTF-MAIL-REFUSED', attempts: 1 });
      expect(failed.reason).toContain('550 5.1.1');
      expect(JSON.stringify(failed)).not.toContain(email);
      expect(notifier.logs.filter((line) => line.includes(email))).toEqual([]);
      expect(await mailsOf(orderId)).toMatchObject([
        { sent: false, refused_answer: expect.stringContaining('550 5.1.1') },
      ]);
      expect(await told(orderId)).toEqual([]);

      // The order's other mails are none the worse.
      await notifier.publish(confirmed());
      await untilSent(orderId, 1);
      expect(notifier.mailServer.attemptsAt(email)).toBe(2);
      expect(await told(orderId)).toMatchObject([{ aggregateVersion: 1, template: 'order-confirmed' }]);
    },
  );

  it('that never wants the mail now leaves a failed job when the attempts are used up', async () => {
    const { orderId, email, placed } = story();
    const later = { at: 'recipient', answer: '452 4.2.2 mailbox full' } as const;
    notifier.mailServer.next(email, later, later, later, later, later);
    await notifier.publish(placed());
    await eventually(async () => {
      const found = (await failedJobs(notifier.dataSource)).filter(({ data }) =>
        JSON.stringify(data).includes(orderId),
      );
      expect(found).toMatchObject([{ queue: 'send-mail', code: 'NTF-MAIL-DEFERRED', attempts: 4 }]);
    });
  });

  it('is talked to over a connection that is kept, and over a new one when it has ended that', async () => {
    const mails = async (): Promise<void> => {
      const { orderId, placed } = story();
      await notifier.publish(placed());
      await untilSent(orderId, 1);
    };
    await mails();
    const open = notifier.mailServer.connections();
    expect(open).toBeGreaterThan(0);
    await mails();
    expect(notifier.mailServer.connections()).toBe(open);
    notifier.mailServer.hangUp();
    await mails();
    expect(notifier.mailServer.connections()).toBe(1);
  });

  it('that takes its time holds no transaction open', async () => {
    const { orderId, email, placed } = story();
    let release = (): void => undefined;
    const hold = new Promise<void>((resolve) => (release = resolve));
    notifier.mailServer.next(email, { at: 'data', hold });
    await notifier.publish(placed());
    try {
      await eventually(() => expect(notifier.mailServer.attemptsAt(email)).toBe(1));
      await new Promise((resolve) => setTimeout(resolve, 700));
      const open = await notifier.dataSource.query<unknown[]>(
        `SELECT query FROM pg_stat_activity
          WHERE datname = current_database() AND clock_timestamp() - xact_start > interval '500 ms'`,
      );
      expect(open).toEqual([]);
      expect(await jobsOf(orderId)).toMatchObject([{ state: 'active' }]);
    } finally {
      release();
    }
    await untilSent(orderId, 1);
  });
});

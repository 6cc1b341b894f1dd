import { eventually } from '@dozen/testing';
import fc from 'fast-check';
import { startNotifier, type TestNotifier } from './support/notifier.js';
import { type Behaviour } from './support/mail-server.js';
import type { MailTemplate } from '../src/domain/mails/index.js';
import { story } from './support/story.js';

const LATER: Behaviour = { at: 'recipient', answer: '452 4.2.2 the mailbox is full' };
const REFUSED: Behaviour = { at: 'data', answer: '550 5.7.1 not wanted' };
const LOST: Behaviour = { at: 'data', drop: true };
/** More than an attempt a second could use up in this file. */
const FOR_LONG = Array.from({ length: 100 }, () => LATER);
let notifier: TestNotifier;

beforeAll(async () => {
  notifier = await startNotifier();
});
afterAll(() => notifier.stop());

interface Row {
  readonly template: MailTemplate;
  readonly recipient: string | null;
  readonly state: 'unsent' | 'sent' | 'refused' | 'overtaken';
}

const mailsOf = (orderId: string): Promise<Row[]> =>
  notifier.dataSource.query(
    `SELECT template, recipient, CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN refused_answer LIKE 'overtaken%' THEN 'overtaken'
            WHEN refused_at IS NOT NULL THEN 'refused' ELSE 'unsent' END AS state
       FROM mails WHERE order_id = $1 ORDER BY template`,
    [orderId],
  );

/** Templates of what the server took, in the order of their first arrival. */
function arrived(email: string): string[] {
  const taken = notifier.mailServer.receivedBy(email).filter((mail) => mail.taken);
  return [...new Set(taken.map(({ messageId }) => /\.(order-\w+)@/.exec(messageId)?.[1] ?? ''))];
}

const settled = (orderId: string, timeoutMs = 25_000): Promise<Row[]> =>
  eventually(
    async () => {
      const rows = await mailsOf(orderId);
      expect(rows.map(({ state }) => state)).not.toContain('unsent');
      expect(rows).toHaveLength(2);
      return rows;
    },
    { timeoutMs },
  );

describe('the mails of one order', () => {
  it('arrive in their order when the first is told to come later', async () => {
    const { orderId, email, placed, rejected } = story();
    notifier.mailServer.next(email, LATER, LATER);
    await notifier.publish(placed(), rejected());
    expect((await settled(orderId)).map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(arrived(email)).toEqual(['order-placed', 'order-rejected']);
  }, 30_000);

  it('go on when the first is refused for good', async () => {
    const { orderId, email, placed, rejected } = story();
    notifier.mailServer.next(email, REFUSED);
    await notifier.publish(placed(), rejected());
    expect((await settled(orderId)).map(({ state }) => state)).toEqual(['refused', 'sent']);
    expect(arrived(email)).toEqual(['order-rejected']);
  }, 30_000);

  it('do not wait for ever: what is overtaken is not sent any more, and nothing personal of it is left', async () => {
    const { orderId, email, placed, rejected } = story();
    notifier.mailServer.next(email, ...FOR_LONG);
    await notifier.publish(placed());
    await eventually(() => expect(notifier.mailServer.attemptsAt(email)).toBeGreaterThan(0));
    await notifier.publish(rejected());
    await eventually(async () => expect(await mailsOf(orderId)).toHaveLength(2));
    // As if two hours had passed; the first mail has a few attempts left all the same.
    await notifier.dataSource.query(`UPDATE mails SET created_at = now() - interval '2 hours' WHERE order_id = $1`, [
      orderId,
    ]);
    await notifier.dataSource.query(
      `UPDATE pgboss.job SET start_after = now() + interval '1 day' WHERE data->'data'->>'template' = 'order-placed'
          AND data->'data'->>'orderId' = $1 AND state IN ('created', 'retry')`,
      [orderId],
    );
    notifier.mailServer.next(email);
    expect(await settled(orderId)).toEqual([
      { template: 'order-placed', recipient: '', state: 'overtaken' },
      { template: 'order-rejected', recipient: null, state: 'sent' },
    ]);
    await notifier.dataSource.query(
      `UPDATE pgboss.job SET start_after = now() WHERE data->'data'->>'orderId' = $1 AND state IN ('created', 'retry')`,
      [orderId],
    );
    await eventually(async () => {
      const open = `SELECT id FROM pgboss.job WHERE data->'data'->>'orderId' = $1`;
      expect(await notifier.dataSource.query(open, [orderId])).toEqual([]);
    });
    expect(arrived(email)).toEqual(['order-rejected']);
  }, 40_000);

  it('arrive in their order, and none is lost, whatever the server answers', async () => {
    const behaviours = fc.array(fc.constantFrom(LATER, LOST, REFUSED), { maxLength: 3 });
    const cases = fc.sample(fc.record({ behaviours, together: fc.boolean() }), { numRuns: 24 });
    await Promise.all(
      cases.map(async (given) => {
        const { orderId, email, placed, confirmed } = story();
        notifier.mailServer.next(email, ...given.behaviours);
        if (given.together) {
          await notifier.publish(placed(), confirmed());
        } else {
          await notifier.publish(placed());
          await notifier.publish(confirmed());
        }
        const rows = await settled(orderId, 60_000);
        const sent = rows.filter(({ state }) => state === 'sent').map(({ template }) => template);
        const inOrder = ['order-placed', 'order-confirmed'].filter((template) =>
          sent.includes(template as MailTemplate),
        );
        // A mail that the server took may have been refused when it was sent again, its answer being lost.
        expect({ given, arrived: arrived(email).filter((template) => inOrder.includes(template)) }).toEqual({
          given,
          arrived: inOrder,
        });
      }),
    );
  }, 90_000);
});

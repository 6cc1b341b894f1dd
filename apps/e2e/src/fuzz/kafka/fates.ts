import type { ServiceName } from '@dozen/manifest';
import type { Stores } from '../stores.js';
import type { SentRecord } from './sender.js';

export interface DeadLetter {
  readonly service: ServiceName;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly messageId: string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

/** What became of records, as the services' databases have it. */
export interface Fates {
  deadLettersOf(sent: SentRecord): readonly DeadLetter[];
  /** Some consumer has claimed the message. */
  isClaimed(id: string): boolean;
  hasOrder(id: string): boolean;
  hasProduct(sku: string): boolean;
}

export async function readFates(stores: Stores, sent: readonly SentRecord[]): Promise<Fates> {
  const ids = sent.map(({ made }) => made.id);
  const subjects = sent.map(({ made }) => made.subject);
  const orderIds = subjects.filter((subject) => /^[0-9a-f-]{36}$/.test(subject));
  const topics = sent.map(({ made }) => made.topic);
  const partitions = sent.map(({ partition }) => partition);
  const offsets = sent.map(({ offset }) => (offset ?? -1n).toString());
  const [claimed, orders, products] = await Promise.all([
    stores.queryAll<{ id: string }>(
      'SELECT message_id::text AS id FROM messaging.inbox WHERE message_id = ANY($1::uuid[])',
      [ids],
    ),
    stores.query<{ id: string }>('orders', 'SELECT id::text FROM orders WHERE id = ANY($1::uuid[])', [orderIds]),
    stores.query<{ sku: string }>('gateway', 'SELECT sku FROM products WHERE sku = ANY($1::text[])', [subjects]),
  ]);
  // The dead letters are read after the claims: a message that is claimed and refused in one transaction would else look
  // handled.
  const parked = await stores.queryAll<Omit<DeadLetter, 'service'>>(
    `SELECT p.topic, p.partition, p."offset"::text AS offset, p.message_id AS "messageId", p.code, p.reason
     FROM messaging.parked_messages p
     WHERE (p.topic, p.partition, p."offset") IN (SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]))
        OR p.message_id = ANY($4::uuid[])`,
    [topics, partitions, offsets, ids],
  );
  const claimedIds = new Set(claimed.map(({ id }) => id));
  const orderSet = new Set(orders.map(({ id }) => id));
  const skus = new Set(products.map(({ sku }) => sku));
  return {
    deadLettersOf: ({ made, partition, offset }) =>
      parked.filter(
        (row) =>
          row.messageId === made.id ||
          (row.topic === made.topic && row.partition === partition && row.offset === offset?.toString()),
      ),
    isClaimed: (id) => claimedIds.has(id),
    hasOrder: (id) => orderSet.has(id),
    hasProduct: (sku) => skus.has(sku),
  };
}

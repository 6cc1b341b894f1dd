import type { DataSource } from 'typeorm';
import type { Outcome, Published } from './consumer.js';

interface Parked {
  readonly id: string;
  readonly code: string | null;
  readonly reason: string | null;
}

/** What the tables of messaging say about one message, as a way to see what they say later. */
export async function placeIn(
  dataSource: DataSource,
  { consumer, id }: { readonly consumer: string; readonly id: string | undefined },
) {
  const claimed = async (): Promise<boolean> => {
    const sql = 'SELECT 1 FROM messaging.inbox WHERE consumer = $1 AND message_id::text = lower($2)';
    return (await dataSource.query<unknown[]>(sql, [consumer, id])).length > 0;
  };
  const lastParked = async (): Promise<Parked | undefined> => {
    const sql = 'SELECT id, code, reason FROM messaging.parked_messages WHERE consumer = $1 ORDER BY id DESC LIMIT 1';
    return (await dataSource.query<Parked[]>(sql, [consumer]))[0];
  };
  const published = (): Promise<Published[]> =>
    dataSource.query(
      `SELECT headers->>'ce_type' AS type, topic, key, payload::json AS payload FROM messaging.outbox
       WHERE headers->>'causationid' = lower($1) ORDER BY seq`,
      [id],
    );

  const [known, before] = [await claimed(), await lastParked()];
  return {
    async outcomeSince(): Promise<Outcome> {
      const parked = await lastParked();
      if (parked !== undefined && parked.id !== before?.id) {
        const { code, reason } = parked;
        return code === null ? { outcome: 'waiting' } : { outcome: 'parked', code, reason: reason ?? '' };
      }
      if (known) return { outcome: 'repeated' };
      return (await claimed()) ? { outcome: 'handled', published: await published() } : { outcome: 'ignored' };
    },
  };
}

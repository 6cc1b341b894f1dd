import type { ServiceName } from '@dozen/manifest';
import type { Databases } from '../chaos/databases.js';
import { query } from '../query.js';

/*
 * Counts messages that are delivered again. The system itself keeps no trace of them: the claim is there, and nothing happens.
 * So a trigger of the test's own runs before the conflict is seen, and writes down every claim that was asked for and
 * committed.
 */
const WATCH = `
  CREATE SCHEMA rolling;
  CREATE TABLE rolling.deliveries (
    id bigserial, consumer text, message_id uuid, at timestamptz DEFAULT clock_timestamp()
  );
  CREATE FUNCTION rolling.note() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO rolling.deliveries (consumer, message_id) VALUES (NEW.consumer, NEW.message_id);
    RETURN NEW;
  END $$;
  CREATE TRIGGER rolling_note BEFORE INSERT ON messaging.inbox FOR EACH ROW EXECUTE FUNCTION rolling.note();`;

export async function watchDeliveries(databases: Databases): Promise<void> {
  for (const url of Object.values(databases)) await query(url, WATCH);
}

export interface Deliveries {
  readonly service: ServiceName;
  readonly messages: number;
  /** Epoch ms, each time that a message came which had been handled. */
  readonly again: readonly number[];
}

export function readDeliveries(databases: Databases): Promise<Deliveries[]> {
  return Promise.all(
    Object.entries(databases).map(async ([service, url]) => {
      const rows = await query<{ at: Date; times: string }>(
        url,
        `SELECT at, row_number() OVER (PARTITION BY consumer, message_id ORDER BY id) AS times FROM rolling.deliveries`,
      );
      const again = rows.filter(({ times }) => times !== '1').map(({ at }) => at.getTime());
      return { service: service as ServiceName, messages: rows.length - again.length, again };
    }),
  );
}

import type { ServiceName } from '@dozen/demo';
import type { Databases } from '../chaos/databases.js';
import { query } from '../query.js';

/*
 * A message that comes again leaves no trace of its own: its claim is there, nothing happens. A trigger of the test's own
 * runs before the conflict is seen and writes down every claim that was asked for and committed.
 */
const WATCH = `
  CREATE SCHEMA rolling;
  CREATE TABLE rolling.deliveries (id bigserial, consumer text, message_id uuid);
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
  /** Times that a message came which had been handled. */
  readonly again: number;
}

export function readDeliveries(databases: Databases): Promise<Deliveries[]> {
  return Promise.all(
    Object.entries(databases).map(async ([service, url]) => {
      const [row] = await query<{ all: number; messages: number }>(
        url,
        `SELECT count(*)::int AS all, count(DISTINCT (consumer, message_id))::int AS messages FROM rolling.deliveries`,
      );
      const { all = 0, messages = 0 } = row ?? {};
      return { service: service as ServiceName, messages, again: all - messages };
    }),
  );
}

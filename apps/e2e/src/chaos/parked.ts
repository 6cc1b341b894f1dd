import { query } from '../query.js';
import type { Poison } from './poison.js';
import type { Databases } from './databases.js';
import type { ServiceName } from '@dozen/manifest';

/** A row of `messaging.parked_messages`, as it is or as it was put there. */
export interface ParkedRow {
  readonly service: ServiceName;
  readonly topic: string;
  readonly messageId: string | null;
  readonly blockedKey: string | null;
  /** Null for one that only waits behind another. */
  readonly code: string | null;
  readonly reason: string | null;
}

const COLUMNS = 'topic, message_id::text AS "messageId", held_key AS "blockedKey", code, reason';

/*
 * Records every row that was ever committed to `parked_messages`, by a trigger of the rig's own: a message that is parked in an
 * outage and handled again may be there for moments only.
 */
const WATCH = `
  CREATE SCHEMA chaos;
  CREATE TABLE chaos.parked (id bigserial, topic text, message_id uuid, held_key text, code text, reason text);
  CREATE FUNCTION chaos.note() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO chaos.parked (topic, message_id, held_key, code, reason)
    VALUES (NEW.topic, NEW.message_id, NEW.held_key, NEW.code, NEW.reason);
    RETURN NULL;
  END $$;
  CREATE TRIGGER chaos_note AFTER INSERT ON messaging.parked_messages FOR EACH ROW EXECUTE FUNCTION chaos.note();`;

export async function watchParked(databases: Databases): Promise<void> {
  for (const url of Object.values(databases)) await query(url, WATCH);
}

/** Everything that was ever put aside since `watchParked`. */
export function everParked(databases: Databases): Promise<ParkedRow[]> {
  return inAll(databases, `SELECT ${COLUMNS} FROM chaos.parked ORDER BY id`);
}

/** What is put aside now. */
export function nowParked(databases: Databases): Promise<ParkedRow[]> {
  return inAll(databases, `SELECT ${COLUMNS} FROM messaging.parked_messages ORDER BY id`);
}

/** One sentence for each row that neither is planted nor waits behind what is: an outage must put nothing aside. */
export function parkedUnplanted(rows: readonly ParkedRow[], planted: readonly Poison[]): string[] {
  const key = (service: string, id: string | null): string => `${service} ${id ?? 'none'}`;
  const poison = new Set(planted.flatMap((p) => Object.keys(p.decisions).map((s) => key(s, p.messageId))));
  const blocked = new Set(planted.flatMap((p) => Object.keys(p.decisions).map((s) => key(s, p.orderId))));
  return rows
    .filter(({ service, messageId }) => !poison.has(key(service, messageId)))
    .filter(({ service, blockedKey, code }) => code !== null || !blocked.has(key(service, blockedKey)))
    .map(
      ({ service, topic, messageId, code, reason }) =>
        `${service} put aside ${messageId ?? 'a message'} of ${topic}, which nobody planted: ${code ?? 'behind another'} ${reason ?? ''}`,
    );
}

/** The dead letters at the end must be the poison that was left, each once, and nothing else. */
export function wronglyParked(rows: readonly ParkedRow[], planted: readonly Poison[]): string[] {
  const left = planted.flatMap(({ messageId, decisions }) =>
    Object.entries(decisions).flatMap(([service, decision]) => (decision === 'left' ? `${service} ${messageId}` : [])),
  );
  const there = rows.map(({ service, messageId }) => `${service} ${messageId ?? 'none'}`);
  return [
    ...left.filter((row) => !there.includes(row)).map((row) => `the poison ${row} is no dead letter any more`),
    ...there.filter((row) => !left.includes(row)).map((row) => `${row} is still put aside`),
  ];
}

async function inAll(databases: Databases, sql: string): Promise<ParkedRow[]> {
  const found = await Promise.all(
    Object.entries(databases).map(async ([service, url]) =>
      (await query<Omit<ParkedRow, 'service'>>(url, sql)).map((row) => ({ service: service as ServiceName, ...row })),
    ),
  );
  return found.flat();
}

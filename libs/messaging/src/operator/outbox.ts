import type { DataSource } from 'typeorm';
import { messagingError } from '../errors.js';
import { checkedNote, type OperatorNote, recordDecision } from './decisions.js';

/** A message of the outbox that the broker refuses: nothing of its key behind it is sent. */
export interface RefusedMessage {
  readonly seq: string;
  readonly topic: string;
  readonly key: string;
  readonly messageId: string;
  readonly reason: string;
  readonly refusedAt: Date;
}

const COLUMNS = `seq, topic, key, message_id AS "messageId", refused_reason AS reason, refused_at AS "refusedAt"`;

export function listRefused(dataSource: DataSource, limit = 100): Promise<RefusedMessage[]> {
  return dataSource.query(
    `SELECT ${COLUMNS} FROM messaging.outbox WHERE refused_at IS NOT NULL ORDER BY seq LIMIT $1`,
    [limit],
  );
}

/** Returns a refused message with its content. Throws MSG-NOT-FOUND. */
export async function showRefused(
  dataSource: DataSource,
  seq: string,
): Promise<RefusedMessage & { headers: Readonly<Record<string, string>>; payload: string }> {
  const [row]: (RefusedMessage & { headers: Record<string, string>; payload: string })[] = await dataSource.query(
    `SELECT ${COLUMNS}, headers, payload FROM messaging.outbox WHERE seq = $1 AND refused_at IS NOT NULL`,
    [seq],
  );
  if (row === undefined) throw notRefused(seq);
  return row;
}

/** Lets the relay send the message and its key again, as after a limit of the broker was raised. Throws MSG-NOT-FOUND. */
export async function resendRefused(dataSource: DataSource, seq: string): Promise<void> {
  const { headers: _headers, payload: _payload, ...facts } = await showRefused(dataSource, seq);
  await dataSource.transaction(async (manager) => {
    const [, changed]: [unknown, number] = await manager.query(
      `UPDATE messaging.outbox SET refused_at = NULL, refused_reason = NULL
       WHERE seq = $1 AND refused_at IS NOT NULL`,
      [seq],
    );
    if (changed === 0) throw notRefused(seq);
    await recordDecision(manager, { subject: `outbox:${seq}`, decision: 'replay', facts: { ...facts } });
  });
}

/** `waiting`: not taken by a relay yet. */
export async function sendingOf(dataSource: DataSource, seq: string): Promise<'sent' | 'refused' | 'waiting'> {
  const [row]: { refused: boolean }[] = await dataSource.query(
    'SELECT refused_at IS NOT NULL AS refused FROM messaging.outbox WHERE seq = $1',
    [seq],
  );
  if (row === undefined) return 'sent';
  return row.refused ? 'refused' : 'waiting';
}

/** Deletes it unsent; what follows of its key is sent. Throws MSG-NOT-FOUND, MSG-NOTE. */
export async function discardRefused(dataSource: DataSource, discard: OperatorNote & { seq: string }): Promise<void> {
  const note = checkedNote(discard);
  const { seq } = discard;
  const { headers: _headers, payload: _payload, ...facts } = await showRefused(dataSource, seq);
  await dataSource.transaction(async (manager) => {
    const [, changed]: [unknown, number] = await manager.query(
      'DELETE FROM messaging.outbox WHERE seq = $1 AND refused_at IS NOT NULL',
      [seq],
    );
    if (changed === 0) throw notRefused(seq);
    await recordDecision(manager, { subject: `outbox:${seq}`, decision: 'discard', note, facts: { ...facts } });
  });
}

function notRefused(seq: string): Error {
  return messagingError('MSG-NOT-FOUND', `no refused message ${seq} is in the outbox`, { details: { seq } });
}

/** One shard of the outbox, or all of it. */
export interface OutboxDepth {
  /** Rows that are not acknowledged yet, refused ones included. */
  readonly depth: number;
  readonly refused: number;
  /** Age of the oldest row that is not refused, in ms; null when there is none. */
  readonly oldestMs: number | null;
}

export interface OutboxStatus extends OutboxDepth {
  /** The shards that have rows. */
  readonly shards: readonly (OutboxDepth & { readonly shard: number })[];
}

/** Reads every row once: for people and alarms, not for a hot path. */
export async function outboxStatus(dataSource: DataSource): Promise<OutboxStatus> {
  const shards: (OutboxDepth & { shard: number })[] = await dataSource.query(
    `SELECT shard, count(*)::int AS depth, count(refused_at)::int AS refused,
            (extract(epoch FROM now() - min(created_at) FILTER (WHERE refused_at IS NULL)) * 1000)::float8 AS "oldestMs"
     FROM messaging.outbox GROUP BY shard ORDER BY shard`,
  );
  const oldest = shards.flatMap(({ oldestMs }) => oldestMs ?? []);
  return {
    depth: shards.reduce((sum, { depth }) => sum + depth, 0),
    refused: shards.reduce((sum, { refused }) => sum + refused, 0),
    oldestMs: oldest.length === 0 ? null : Math.max(...oldest),
    shards,
  };
}

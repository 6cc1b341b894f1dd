import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { Behaviour } from './behaviour.js';

export type ChargeStatus = 'captured' | 'declined' | 'cancelled' | 'refunded';

/** `amount` is in minor units of an ISO 4217 currency. The card's token is never stored. */
export interface Charge {
  readonly id: string;
  readonly key: string;
  readonly amount: number;
  readonly currency: string;
  readonly reference: string;
  readonly status: ChargeStatus;
  readonly declineCode?: string;
  readonly createdAt: string;
}

/** A charge as the ledger of a test wants it. */
export interface CountedCharge extends Charge {
  /** Requests that came with the key, this charge's own included. */
  readonly attempts: number;
}

/** All that is known of an idempotency key, which may have been cancelled before any charge came with it. */
export interface Payment {
  readonly key: string;
  readonly attempts: number;
  readonly cancelled: boolean;
  readonly charge?: Charge;
}

export interface NewCharge {
  readonly key: string;
  readonly amount: number;
  readonly currency: string;
  readonly reference: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS payments (
    key TEXT PRIMARY KEY,
    fingerprint TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1))
  ) STRICT;
  CREATE TABLE IF NOT EXISTS charges (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE REFERENCES payments (key),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('captured', 'declined', 'cancelled', 'refunded')),
    decline_code TEXT,
    created_at TEXT NOT NULL,
    CHECK ((status = 'declined') = (decline_code IS NOT NULL))
  ) STRICT;`;

/**
 * What the provider remembers: one SQLite file. Each statement is its own transaction, on the disk before it returns
 * (synchronous = FULL), so a kill at any moment leaves an effect there whole or not at all.
 */
export class ChargeStore {
  readonly #db: DatabaseSync;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.#db = new DatabaseSync(join(dataDir, 'provider.sqlite'));
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    this.#db.exec(SCHEMA);
  }

  /**
   * Counts a request. The first one binds the key to what it asks for.
   * @returns the number of the attempt, 1 for the first; whether it asks for what the first one did.
   */
  arrive(key: string, fingerprint: string): { attempt: number; matches: boolean } {
    const row = this.#one(
      `INSERT INTO payments (key, fingerprint, attempts) VALUES (?, ?, 1)
       ON CONFLICT (key) DO UPDATE
         SET attempts = attempts + 1, fingerprint = coalesce(payments.fingerprint, excluded.fingerprint)
       RETURNING attempts, fingerprint`,
      [key, fingerprint],
    );
    return { attempt: Number(row?.attempts), matches: row?.fingerprint === fingerprint };
  }

  /** The effect: at most one per key. A key that is cancelled gets a charge that takes no money. */
  charge(request: NewCharge, outcome: Behaviour['outcome']): Charge {
    const { key, amount, currency, reference } = request;
    const declineCode = outcome.status === 'declined' ? outcome.declineCode : null;
    this.#db
      .prepare(
        `INSERT INTO charges (id, key, amount, currency, reference, status, decline_code, created_at)
         SELECT ?, key, ?, ?, ?, iif(cancelled, 'cancelled', ?), iif(cancelled, NULL, ?), ?
           FROM payments WHERE key = ? ON CONFLICT (key) DO NOTHING`,
      )
      .run(
        `ch_${randomUUID()}`,
        amount,
        currency,
        reference,
        outcome.status,
        declineCode,
        new Date().toISOString(),
        key,
      );
    const charge = this.byKey(key);
    if (charge === undefined) throw new Error('a charge came without arriving first');
    return charge;
  }

  /** No effect will ever come of the key, unless one has already: then nothing changes. */
  cancel(key: string): Payment {
    this.#db
      .prepare(
        `INSERT INTO payments (key, cancelled) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET cancelled = 1
          WHERE NOT EXISTS (SELECT 1 FROM charges WHERE charges.key = payments.key)`,
      )
      .run(key);
    return this.payment(key) ?? { key, attempts: 0, cancelled: true };
  }

  /** Gives all of it back; a charge that was refunded already stays so. @returns undefined for a charge without money. */
  refund(id: string): Charge | undefined {
    this.#db.prepare(`UPDATE charges SET status = 'refunded' WHERE id = ? AND status = 'captured'`).run(id);
    const charge = this.byId(id);
    return charge?.status === 'refunded' ? charge : undefined;
  }

  payment(key: string): Payment | undefined {
    const row = this.#one('SELECT * FROM payments WHERE key = ?', [key]);
    if (row === undefined) return undefined;
    const charge = this.byKey(key);
    const payment = { key, attempts: Number(row.attempts), cancelled: row.cancelled === 1 };
    return charge === undefined ? payment : { ...payment, charge };
  }

  byId(id: string): Charge | undefined {
    const row = this.#one('SELECT * FROM charges WHERE id = ?', [id]);
    return row === undefined ? undefined : chargeOf(row);
  }

  byKey(key: string): Charge | undefined {
    const row = this.#one('SELECT * FROM charges WHERE key = ?', [key]);
    return row === undefined ? undefined : chargeOf(row);
  }

  /** All charges, or the one of a key, or those after one, at most `limit`; oldest first. */
  list({
    key,
    after,
    limit,
  }: { key?: string | undefined; after?: string | undefined; limit?: number } = {}): CountedCharge[] {
    const rows = this.#db
      .prepare(
        `SELECT * FROM charges JOIN payments USING (key)
          WHERE key = coalesce(?, key) AND seq > coalesce((SELECT seq FROM charges WHERE id = ?), 0)
          ORDER BY seq LIMIT ?`,
      )
      .all(key ?? null, after ?? null, limit ?? -1);
    return rows.map((row) => ({ ...chargeOf(row), attempts: Number(row.attempts) }));
  }

  close(): void {
    this.#db.close();
  }

  #one(sql: string, values: string[]): Row | undefined {
    return this.#db.prepare(sql).get(...values);
  }
}

type Row = Record<string, SQLOutputValue>;

function chargeOf(row: Row): Charge {
  return {
    id: String(row.id),
    key: String(row.key),
    amount: Number(row.amount),
    currency: String(row.currency),
    reference: String(row.reference),
    // The table's own CHECK says so.
    status: String(row.status) as ChargeStatus,
    ...(row.decline_code === null ? {} : { declineCode: String(row.decline_code) }),
    createdAt: String(row.created_at),
  };
}

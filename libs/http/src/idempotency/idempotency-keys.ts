import { sqlStateOf, type UnitOfWork } from '@dozen/database';
import { DozenError } from '@dozen/kernel';
import { Injectable } from '@nestjs/common';
import { ProblemError } from '../problems/problem-error.js';

/** A success that may be sent again as it was. `body` is JSON; `headers` are what the handler adds (`location`). */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface IdempotentRequest {
  /** Keys of different customers never meet. */
  readonly customerId: string;
  readonly key: string;
  /** From `requestHash`. */
  readonly requestHash: string;
}

const LOCK_NOT_AVAILABLE = '55P03';

/*
 * One request, by key. Its row is the first insert of the transaction that does the work, so both commit or neither does:
 *
 * | the row is                          | who moves it                        | an equal request meanwhile
 * | absent                              | INSERT takes it                     | is the first
 * | inserted, not committed             | the first request commits or fails  | waits on the unique index, lock_timeout (2 s) at most: 409
 * | committed                           | the purge, or a reuse after 24 h    | answers the stored response
 * | rolled back (4xx, 5xx, crash, kill) | PostgreSQL                          | its INSERT succeeds: it is the first
 *
 * A row without a status can therefore never be seen. Age is measured by the database's clock alone.
 */
const CLAIM = `
  INSERT INTO idempotency_keys AS held (customer_id, key, request_hash)
  VALUES ($1, $2, $3)
  ON CONFLICT (customer_id, key) DO UPDATE
    SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL, created_at = now()
    WHERE held.created_at < now() - interval '24 hours'
  RETURNING 1`;

const READ = 'SELECT request_hash, status, headers, body FROM idempotency_keys WHERE customer_id = $1 AND key = $2';

const STORE = `
  UPDATE idempotency_keys SET status = $3, headers = $4::jsonb, body = $5::jsonb
  WHERE customer_id = $1 AND key = $2`;

const PURGE = `
  DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours'
    ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED))`;

/** Rows that one purge deletes at most, so that it never holds locks for long. */
const PURGE_BATCH = 1000;

/** Idempotency keys in the service's own database, in the caller's transaction (`IdempotencyKeys1767225600000`). */
@Injectable()
export class IdempotencyKeys {
  /**
   * Runs `work` once per (customer, key) within 24 hours and stores what it returns; a repeat gets that back and `work` is
   * not called. Call it before anything else in the unit. What `work` throws rolls back the unit and so the key too: errors
   * are never stored, and a returned status ≥ 400 is refused for that reason.
   * @throws IDEMPOTENCY-KEY-REUSED (422) when the stored request was another one; IDEMPOTENCY-IN-FLIGHT (409) when an equal
   * one is still at work after the unit's lock_timeout.
   */
  async run(
    unit: UnitOfWork,
    request: IdempotentRequest,
    work: () => Promise<StoredResponse>,
  ): Promise<StoredResponse & { readonly replayed: boolean }> {
    const stored = (await claim(unit, request)) ? undefined : await read(unit, request);
    if (stored !== undefined) {
      return { ...stored, replayed: true };
    }
    const response = await work();
    if (response.status >= 400) {
      throw new DozenError('INTERNAL', 'a refusal must be thrown, or its key would be kept', {
        details: { ...response },
      });
    }
    await unit.manager.query(STORE, [
      request.customerId,
      request.key,
      response.status,
      JSON.stringify(response.headers),
      JSON.stringify(response.body ?? null),
    ]);
    return { ...response, replayed: false };
  }

  /** Deletes up to 1000 keys older than 24 hours and says how many. Correctness does not need it, disk space does. */
  async purge(unit: UnitOfWork): Promise<number> {
    const [, deleted] = await unit.manager.query<[unknown, number]>(PURGE, [PURGE_BATCH]);
    return deleted;
  }
}

/** True when the key is ours now. False: a committed row has it. */
async function claim(unit: UnitOfWork, { customerId, key, requestHash }: IdempotentRequest): Promise<boolean> {
  try {
    const rows = await unit.manager.query<unknown[]>(CLAIM, [customerId, key, requestHash]);
    return rows.length === 1;
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) {
      throw new ProblemError('IDEMPOTENCY-IN-FLIGHT', 'the first request with this key has not finished', {
        cause: error,
      });
    }
    throw error;
  }
}

async function read(unit: UnitOfWork, request: IdempotentRequest): Promise<StoredResponse> {
  const rows = await unit.manager.query<(StoredResponse & { request_hash: string })[]>(READ, [
    request.customerId,
    request.key,
  ]);
  const row = rows[0];
  if (row === undefined) {
    // Purged between the two statements; the client's next attempt is a first one.
    throw new ProblemError('IDEMPOTENCY-IN-FLIGHT', 'the stored response has just expired');
  }
  if (row.request_hash !== request.requestHash) {
    throw new ProblemError('IDEMPOTENCY-KEY-REUSED', 'this key belongs to a request with another method, path or body');
  }
  const { status, headers, body } = row;
  return { status, headers, body };
}

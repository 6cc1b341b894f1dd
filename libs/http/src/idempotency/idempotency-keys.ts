import { type BatchWriter, sqlStateOf, type UnitOfWork } from '@dozen/database';
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
  /** The result of `requestHash`. */
  readonly requestHash: string;
}

const LOCK_NOT_AVAILABLE = '55P03';

/*
 * One request, by key. Its row is the first insert of the transaction that does the work, so both commit or neither does:
 *
 * | the row is                          | who moves it                        | an equal request meanwhile
 * | absent                              | the key's lock, then INSERT take it | is the first
 * | inserted, not committed             | the first request commits or fails  | waits for the key's lock, lock_timeout (2 s) at most: 409
 * | committed                           | time: after 24 h nobody sees it     | answers the stored response
 * | rolled back (4xx, 5xx, crash, kill) | PostgreSQL, and so is the lock      | its INSERT succeeds: it is the first
 * | older than 24 h                     | the maintenance drops its day            | is the first, under a row of its own
 *
 * A row without a status can therefore never be seen. Age is measured by the database's clock alone.
 *
 * Rows lie in partitions by day (./partitions.ts). No unique index reaches over two of them, and at midnight equal requests
 * write to two: hence the lock, held to the end of the transaction. LOCK and CLAIM are two statements, since a statement
 * does not see what was committed while it waited. Two keys of one hash wait for each other, and that is all.
 */
const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended($1, hashtextextended($2, 0)))';

/** The row of the key, if it is younger than 24 hours. Without one the key is ours now. */
const CLAIM = `
  WITH held AS (
    SELECT request_hash, status, headers, body FROM idempotent_requests
    WHERE customer_id = $1 AND key = $2 AND created_at > now() - interval '24 hours'
  ), claimed AS (
    INSERT INTO idempotent_requests (customer_id, key, request_hash, created_at)
    SELECT $1, $2, $3, now() WHERE NOT EXISTS (SELECT FROM held)
  )
  SELECT * FROM held`;

const STORE = `
  UPDATE idempotent_requests SET status = $3, headers = $4::json, body = $5::json
  WHERE customer_id = $1 AND key = $2 AND created_at = now()`;

/** The response is written together with everything else that the unit writes at its end. */
const responses: BatchWriter<IdempotentRequest & { readonly response: StoredResponse }> = {
  async write(manager, all) {
    for (const { customerId, key, response } of all) {
      const { status, headers, body } = response;
      await manager.query(STORE, [customerId, key, status, JSON.stringify(headers), JSON.stringify(body ?? null)]);
    }
  },
};

/** Idempotency keys in the service's own database (`idempotencyMigrations`), in the caller's transaction. */
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
    const stored = await claim(unit, request);
    if (stored !== undefined) {
      return { ...stored, replayed: true };
    }
    const response = await work();
    if (response.status >= 400) {
      throw new DozenError('INTERNAL', 'a refusal must be thrown, or its key would be kept', {
        details: { ...response },
      });
    }
    unit.bufferWrite(responses, { ...request, response });
    return { ...response, replayed: false };
  }
}

/** The stored response; undefined when the key is ours now. */
async function claim(unit: UnitOfWork, request: IdempotentRequest): Promise<StoredResponse | undefined> {
  const { customerId, key, requestHash } = request;
  const rows = await Promise.all([
    unit.manager.query(LOCK, [customerId, key]),
    unit.manager.query<(StoredResponse & { request_hash: string })[]>(CLAIM, [customerId, key, requestHash]),
  ]).then(([, held]) => held, inFlight);
  const row = rows[0];
  if (row === undefined) {
    return undefined;
  }
  if (row.request_hash !== requestHash) {
    throw new ProblemError('IDEMPOTENCY-KEY-REUSED', 'this key belongs to a request with another method, path or body');
  }
  const { status, headers, body } = row;
  return { status, headers, body };
}

function inFlight(error: unknown): never {
  if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) {
    throw error;
  }
  throw new ProblemError('IDEMPOTENCY-IN-FLIGHT', 'the first request with this key has not finished', { cause: error });
}

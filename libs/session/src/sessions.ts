import {
  installStore,
  isPostgres,
  missingStore,
  openStore,
  storeConnections,
  type Store,
  type StoreTable,
} from '@dozen/cache';
import { DozenError, messageOf, within } from '@dozen/kernel';
import { type Logger, timer } from '@dozen/telemetry';
import { sessionMetrics } from './metrics.js';
import { sessionPolicy } from './policy.js';
import { entryName, isSessionId, newSessionId, seal, unseal } from './seal.js';

/** The table is logged, unlike the cache's: a crash of the server must not end everybody's session. */
const TABLE: StoreTable = { schema: 'session', table: 'sessions', durable: true };

export interface SessionsOptions {
  /** `redis://` or `postgres://`; the latter as `installSessions` has prepared it. */
  readonly url: string;
  /** Whose sessions: several services may share one store. */
  readonly service: string;
  readonly logger: Logger;
  readonly policy?: Partial<typeof sessionPolicy>;
}

/** The most connections to PostgreSQL that they take. */
export function sessionConnections(url: string, service: string): ReturnType<typeof storeConnections> {
  return storeConnections(url, { service, table: TABLE, most: sessionPolicy.poolMax });
}

/** Part of `migrate`: makes the table where sessions are in PostgreSQL. Repeatable; two at once are safe. */
export function installSessions(url: string): Promise<void> {
  return installStore(url, TABLE);
}

/** What `installSessions` has yet to make, by a name for an operator. Empty where the database does not answer. */
export function missingSessions(url: string): Promise<string[]> {
  return missingStore(url, TABLE);
}

/**
 * Keeps texts that browsers come back to by an id, for a limited time. Any process finds them, and none remembers them
 * (twelve-factor VI). The store has each text sealed with its id, and does not know the id: whoever reads the store, or its
 * backups, can use no session.
 */
export class Sessions {
  readonly #store: Store;
  readonly #policy: typeof sessionPolicy;
  readonly #system: string;
  readonly #duration = timer(sessionMetrics.operationDuration);

  private constructor(store: Store, options: { url: string; policy: typeof sessionPolicy }) {
    this.#store = store;
    this.#policy = options.policy;
    this.#system = isPostgres(options.url) ? 'postgresql' : 'redis';
  }

  static async open(options: SessionsOptions): Promise<Sessions> {
    const { url, service, logger } = options;
    const policy = { ...sessionPolicy, ...options.policy };
    const onError = (error: Error): void => {
      logger.debug({ reason: messageOf(error) }, 'a connection to the session store broke');
    };
    return new Sessions(await openStore({ url, service, table: TABLE, policy, onError }), { url, policy });
  }

  /** Keeps the text until `endsAt`; resolves with the new session's id. Throws SESSION-UNAVAILABLE. */
  async begin(text: string, endsAt: Date): Promise<string> {
    const id = newSessionId();
    await this.#ask('begin', () =>
      this.#store.keyv.set(entryName(id), seal(id, text), Math.max(1, endsAt.getTime() - Date.now())),
    );
    return id;
  }

  /** Resolves with the session's text; undefined when there is no such session, or not any more. Throws SESSION-UNAVAILABLE. */
  async find(id: string): Promise<string | undefined> {
    if (!isSessionId(id)) return undefined;
    const sealed = await this.#ask('find', () => this.#store.keyv.get(entryName(id)));
    return typeof sealed === 'string' ? unseal(id, sealed) : undefined;
  }

  /** Resolves with those of the ids whose sessions are still there, found with one question. Throws SESSION-UNAVAILABLE. */
  async living(ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const asked = [...ids].filter(isSessionId);
    if (asked.length === 0) return new Set();
    const found = await this.#ask('living', () => this.#store.keyv.getMany(asked.map(entryName)));
    return new Set(asked.filter((_id, index) => typeof found[index] === 'string'));
  }

  /** Throws SESSION-UNAVAILABLE. */
  async end(id: string): Promise<void> {
    if (!isSessionId(id)) return;
    await this.#ask('end', () => this.#store.keyv.delete(entryName(id)));
  }

  /** Deletes expired sessions that nobody asks for again. Redis does it by itself. Throws what the store throws. */
  async sweep(): Promise<void> {
    await this.#store.dropExpired();
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async #ask<T>(operation: string, question: () => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#policy;
    const about = { 'db.system.name': this.#system, 'dozen.session.operation': operation };
    try {
      return await this.#duration.time(about, () =>
        within(timeoutMs, question(), () => new Error(`no answer within ${timeoutMs} ms`)),
      );
    } catch (cause) {
      throw new DozenError('SESSION-UNAVAILABLE', `the session store fails: ${messageOf(cause)}`, { cause });
    }
  }
}

import type { Keyv } from 'keyv';
import type { CachePolicy } from './policy.js';

/** Where texts are kept for a while. Everything may fail or hang: who asks has a limit of its own. */
export interface Store {
  readonly keyv: Keyv<unknown>;
  /** Deletes expired entries that nobody asks for again. Does nothing where the server deletes them by itself. */
  dropExpired(): Promise<void>;
  close(): Promise<void>;
}

/** The place of a store's entries: a table in PostgreSQL, a part of the keys in Redis. The names are no input. */
export interface StoreTable {
  readonly schema: string;
  readonly table: string;
  /** False: what a crash of the server empties is read from its source again (an unlogged table). */
  readonly durable: boolean;
}

export const CACHE_TABLE: StoreTable = { schema: 'cache', table: 'entries', durable: false };

export interface StoreOptions {
  readonly url: string;
  /** Whose keys: several services may share one store. */
  readonly service: string;
  readonly table: StoreTable;
  readonly policy: Pick<CachePolicy, 'timeoutMs' | 'poolMax' | 'poolIdleMs' | 'redisQueue'>;
  /** Gets what goes wrong on a connection while nobody asks. */
  readonly onError: (error: Error) => void;
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

import type { Keyv } from 'keyv';
import type { CachePolicy } from './policy.js';

/** Where cached texts are. Everything may fail or hang: `Guard` stands before it. */
export interface Store {
  readonly keyv: Keyv<unknown>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly url: string;
  /** Whose keys: several services may share one cache. */
  readonly service: string;
  readonly policy: CachePolicy;
  /** Gets what goes wrong on a connection while nobody asks. */
  readonly onError: (error: Error) => void;
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

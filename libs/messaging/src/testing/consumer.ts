import type { OutgoingRecord } from '../broker/port.js';

/** A message that a handler published, as its outbox has it. */
export interface Published {
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  /** What the contract's schema made of it, as JSON brings it to a reader. */
  readonly payload: unknown;
}

/** What became of one record. */
export type Outcome =
  | { readonly outcome: 'handled'; readonly published: readonly Published[] }
  /** A redelivery: its id is known, and nothing happened. */
  | { readonly outcome: 'repeated' }
  /** An event that no handler here is for. */
  | { readonly outcome: 'ignored' }
  /** It failed, or could not be read: nothing of it happened, and an event blocks its key from now on. */
  | { readonly outcome: 'parked'; readonly code: string; readonly reason: string }
  /** An earlier message of its key is parked, so that this one was not tried. */
  | { readonly outcome: 'waiting' };

/** A consumer whose handlers are run by records, one at a time. Nothing is tried again by itself. */
export interface ConsumerUnderTest {
  /**
   * @throws what the handler threw when that is an error of the infrastructure (`isInfrastructureError`): a consumer waits
   * then, and tries again without limit.
   */
  handle(record: OutgoingRecord): Promise<Outcome>;
  close(): Promise<void>;
}

import { createHash } from 'node:crypto';

/** When a charge's first attempt is answered 503: with nothing done, or with all of it done. */
export type Fault = 'before' | 'after';

/** What a card does, told by its token. */
export interface Behaviour {
  readonly outcome: { readonly status: 'captured' } | { readonly status: 'declined'; readonly declineCode: string };
  /** Takes as long as the configured `slowMs` before anything happens. */
  readonly slow?: true;
  /** The first attempt of a key is answered 503. `either`: before or after, decided by the key. */
  readonly fault?: Fault | 'either';
  /** The effect happens and the answer never comes. */
  readonly silent?: true;
}

const captured = { outcome: { status: 'captured' } } as const;
const declined = (declineCode: string): Behaviour => ({ outcome: { status: 'declined', declineCode } });

const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ['tok_ok', captured],
  ['tok_declined', declined('card_declined')],
  ['tok_slow', { ...captured, slow: true }],
  ['tok_flaky', { ...captured, fault: 'either' }],
  ['tok_flaky_before', { ...captured, fault: 'before' }],
  ['tok_flaky_after', { ...captured, fault: 'after' }],
  ['tok_timeout', { ...captured, silent: true }],
]);

/** A token that nobody issued is an answer about a card, not a mistake of the caller's: declined. */
export function behaviourOf(token: string): Behaviour {
  return BEHAVIOURS.get(token) ?? declined('unknown_token');
}

/** The fault of this attempt (1 for the first of its key); the same for the same key in every run. */
export function faultOf(behaviour: Behaviour, key: string, attempt: number): Fault | undefined {
  if (behaviour.fault === undefined || attempt > 1) return undefined;
  if (behaviour.fault !== 'either') return behaviour.fault;
  const [byte = 0] = createHash('sha256').update(key).digest();
  return byte % 2 === 0 ? 'before' : 'after';
}

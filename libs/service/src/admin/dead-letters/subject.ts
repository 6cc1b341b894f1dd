import { InvalidArgumentError } from 'commander';

/** What an operator decides about, as `dead-letters list` names it. */
export type Subject =
  /** A message that could not be handled: `message:12`. */
  | { readonly kind: 'message'; readonly id: string }
  /** A message that the broker refuses: `outbox:345`. */
  | { readonly kind: 'outbox'; readonly id: string }
  /** A job out of attempts: `job:<uuid>`. */
  | { readonly kind: 'job'; readonly id: string };

const FORMS = /^(?:(message|outbox):(\d{1,18})|(job):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/;

/** For commander: anything else is bad usage. */
export function parseSubject(text: string): Subject {
  const [, numbered, number, job, uuid] = FORMS.exec(text) ?? [];
  if (numbered !== undefined && number !== undefined) {
    return { kind: numbered === 'message' ? 'message' : 'outbox', id: number };
  }
  if (job !== undefined && uuid !== undefined) return { kind: 'job', id: uuid };
  throw new InvalidArgumentError('expected message:<number>, outbox:<number> or job:<uuid>, as `list` prints it.');
}

export function nameOf({ kind, id }: Subject): string {
  return `${kind}:${id}`;
}

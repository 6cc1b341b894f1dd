import type { DataSource, EntityManager } from 'typeorm';
import { oneLine } from '../cloudevents/text.js';
import { messagingError } from '../errors.js';
import { messagingPolicy as policy } from '../policy.js';

/** Who decides, and why. */
export interface OperatorNote {
  readonly by: string;
  readonly why: string;
}

/** What an operator decided about a parked message, a refused row of the outbox or a failed job. */
export interface Decision {
  /** `message:12`, `outbox:345`, `job:<uuid>`; what it names may be gone. */
  readonly subject: string;
  readonly decision: 'fix' | 'replay' | 'discard';
  /** Only a replay may have none. */
  readonly note?: OperatorNote | undefined;
  /** What it was: ids, place, code. No payload. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface RecordedDecision extends Omit<Decision, 'note'> {
  readonly decidedAt: Date;
  readonly by: string | null;
  readonly why: string | null;
}

/** Both texts are needed, and neither may be long, since they travel in headers and stand in tables. Throws MSG-NOTE. */
export function checkedNote({ by, why }: OperatorNote): OperatorNote {
  const note = { by: oneLine(by), why: oneLine(why) };
  for (const [name, text] of Object.entries(note)) {
    if (text === '' || text.length > policy.noteChars) {
      throw messagingError('MSG-NOTE', `"${name}" must have 1 to ${policy.noteChars} characters`);
    }
  }
  return note;
}

/** Records a decision in the transaction that carries it out. */
export async function recordDecision(manager: EntityManager, decision: Decision): Promise<void> {
  const { subject, decision: what, note, facts } = decision;
  await manager.query(
    `INSERT INTO messaging.decisions (subject, decision, decided_by, reason, facts) VALUES ($1, $2, $3, $4, $5)`,
    [subject, what, note?.by, note?.why, JSON.stringify(facts).replaceAll('\\u0000', '\\ufffd')],
  );
}

/** Returns the decisions about a subject, oldest first. */
export function decisionsAbout(dataSource: DataSource, subject: string): Promise<RecordedDecision[]> {
  return dataSource.query(
    `SELECT subject, decision, decided_at AS "decidedAt", decided_by AS by, reason AS why, facts
     FROM messaging.decisions WHERE subject = $1 ORDER BY id`,
    [subject],
  );
}

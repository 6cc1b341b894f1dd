import { createHash } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { JOBS_SCHEMA } from './policy.js';

/** Where pg-boss notifies, in the enqueuing transaction, that a queue has a job to do; the payload is the queue's name. */
const CHANNEL = `pgboss_${createHash('sha224').update(JOBS_SCHEMA).digest('hex').slice(0, 24)}`;

export interface JobListener {
  /** A job of this queue has been committed. */
  readonly onJob: (queue: string) => void;
  /** Listens from now on, or again: what was committed before was not heard. */
  readonly onGap: () => void;
}

export interface Listening {
  close(): Promise<void>;
}

/**
 * On a connection of its own, which pg-boss opens again when it is lost. pg-boss' listener wakes its own workers and
 * nobody else; its database, which is public, listens for anyone who names the channel.
 */
export async function listenForJobs(boss: PgBoss, { onJob, onGap }: JobListener): Promise<Listening> {
  const database = boss.getDb();
  if (database.listen === undefined) throw new TypeError("pg-boss' own database can listen");
  return database.listen(CHANNEL, onJob, onGap);
}

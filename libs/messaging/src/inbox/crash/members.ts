import { messageOf, newId, pause } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import { NOT_FLUSHED } from '@dozen/database';
import type { DataSource } from 'typeorm';
import { startHeartbeat } from '../../heartbeat.js';
import { messagingPolicy as policy } from '../../policy.js';

const JOIN = `
  INSERT INTO messaging.consumer_members (member, consumer, expires_at)
  VALUES ($1, $2, now() + interval '${policy.memberTtlMs} milliseconds')
  ON CONFLICT (member) DO UPDATE SET expires_at = excluded.expires_at`;

/** Not flushed: if a crash of the server loses a renewal, the next one follows. */
const RENEW = `WITH renewed AS (${JOIN}) SELECT ${NOT_FLUSHED}`;

/**
 * Who consumes. A member that stops cleanly deletes its row; a row that expired says that a process ended uncleanly (or
 * stood still). Times are the database's, so no clock of a process matters.
 */
export class ConsumerMembers {
  readonly #dataSource: DataSource;
  readonly #consumer: string;
  readonly #logger: Logger;
  /** One per process: names who had a message in flight. */
  readonly id = newId();
  #stopHeartbeat: (() => void) | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #left = false;

  constructor(options: { dataSource: DataSource; consumer: string; logger: Logger }) {
    this.#dataSource = options.dataSource;
    this.#consumer = options.consumer;
    this.#logger = options.logger;
  }

  /**
   * Says that this process consumes, before its first message, and forgets the ends of long ago. May be repeated;
   * rejects while the database is away.
   */
  async join(): Promise<void> {
    if (this.#isLeft()) return;
    await this.#renew(JOIN);
    await this.#dataSource.query(
      `DELETE FROM messaging.consumer_members
       WHERE expires_at < now() - interval '${policy.isolateForMs} milliseconds'`,
    );
    this.#stopHeartbeat ??= startHeartbeat(policy.memberRenewMs, () => {
      this.#renewing = this.#heartbeat();
    });
    // It was stopped meanwhile.
    if (this.#isLeft()) await this.leave();
  }

  /**
   * Says that this process has stopped cleanly, after its last message. A row that cannot be deleted only makes the
   * next process isolate its first messages.
   */
  async leave(): Promise<void> {
    this.#left = true;
    this.#stopHeartbeat?.();
    // A renewal on its way would put the row back.
    await this.#renewing;
    try {
      await this.#dataSource.query('DELETE FROM messaging.consumer_members WHERE member = $1', [this.id]);
    } catch (error) {
      this.#logger.info({ reason: messageOf(error) }, 'a clean stop could not be noted');
    }
  }

  /** Says that this process ends uncleanly, at once. A row that cannot be changed says so later, when it expires. */
  async leaveUncleanly(): Promise<void> {
    this.#left = true;
    this.#stopHeartbeat?.();
    await this.#renewing;
    try {
      await this.#dataSource.query(
        `UPDATE messaging.consumer_members SET expires_at = now() - interval '1 millisecond' WHERE member = $1`,
        [this.id],
      );
    } catch (error) {
      this.#logger.info({ reason: messageOf(error) }, 'an unclean stop could not be noted; it shows in some seconds');
    }
  }

  /** Whether another process of this consumer ended uncleanly within the policy's `isolateForMs`. */
  async uncleanEnd(): Promise<boolean> {
    const [row]: { unclean: boolean }[] = await this.#dataSource.query(
      `SELECT EXISTS (
         SELECT FROM messaging.consumer_members
         WHERE consumer = $1 AND member <> $2 AND expires_at < now()
           AND expires_at > now() - interval '${policy.isolateForMs} milliseconds'
       ) AS unclean`,
      [this.#consumer, this.id],
    );
    return row?.unclean === true;
  }

  /**
   * Whether the process of that member ended uncleanly, or stands still. One that stopped cleanly has no row, and one that
   * lives renews it; but in an outage of the database nobody can, so that a row that has expired counts only when it is not
   * renewed for the policy's `memberProofMs` from now on. Returns early, with any answer, once `signal` is aborted.
   */
  async endedUncleanly(member: string, signal: AbortSignal): Promise<boolean> {
    if (!(await this.#expired(member))) return false;
    await pause(policy.memberProofMs, signal);
    return this.#expired(member);
  }

  async #expired(member: string): Promise<boolean> {
    const rows: unknown[] = await this.#dataSource.query(
      'SELECT FROM messaging.consumer_members WHERE member = $1 AND expires_at < now()',
      [member],
    );
    return rows.length > 0;
  }

  /** A method, since the state changes while something is awaited. */
  #isLeft(): boolean {
    return this.#left;
  }

  async #renew(statement: string): Promise<void> {
    await this.#dataSource.query(statement, [this.id, this.#consumer]);
  }

  async #heartbeat(): Promise<void> {
    try {
      await this.#renew(RENEW);
    } catch (error) {
      this.#logger.debug({ reason: messageOf(error) }, 'membership not renewed; the next time comes soon');
    }
  }
}

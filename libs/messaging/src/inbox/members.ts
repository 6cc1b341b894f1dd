import { messageOf, newId } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import { messagingPolicy as policy } from '../policy.js';

/**
 * Who consumes. A member that stops cleanly deletes its row; a row that expired says that a process ended uncleanly (or
 * stood still). Times are the database's, so no clock of a process matters.
 */
export class ConsumerMembers {
  readonly #dataSource: DataSource;
  readonly #consumer: string;
  readonly #logger: Logger;
  readonly #member = newId();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #left = false;

  constructor(options: { dataSource: DataSource; consumer: string; logger: Logger }) {
    this.#dataSource = options.dataSource;
    this.#consumer = options.consumer;
    this.#logger = options.logger;
  }

  /** Before the first message. Repeatable; rejects while the database is away. Also forgets the ends of long ago. */
  async join(): Promise<void> {
    if (this.#isLeft()) return;
    await this.#renew();
    await this.#dataSource.query(
      `DELETE FROM messaging.consumer_members
       WHERE expires_at < now() - interval '${policy.carefulForMs} milliseconds'`,
    );
    this.#timer ??= setInterval(() => {
      this.#renewing = this.#keepUp();
    }, policy.memberRenewMs).unref();
    // It was stopped meanwhile.
    if (this.#isLeft()) await this.leave();
  }

  /** After the last message. A row that cannot be deleted only makes the next start careful. */
  async leave(): Promise<void> {
    this.#left = true;
    clearInterval(this.#timer);
    // A renewal on its way would put the row back.
    await this.#renewing;
    try {
      await this.#dataSource.query('DELETE FROM messaging.consumer_members WHERE member = $1', [this.#member]);
    } catch (error) {
      this.#logger.info({ reason: messageOf(error) }, 'a clean stop could not be noted');
    }
  }

  /** Lets the row expire: others are to take the end of this process for an unclean one. */
  abandon(): void {
    this.#left = true;
    clearInterval(this.#timer);
  }

  /** Whether another process of this consumer ended uncleanly within the policy's `carefulForMs`. */
  async uncleanEnd(): Promise<boolean> {
    const [row]: { unclean: boolean }[] = await this.#dataSource.query(
      `SELECT EXISTS (
         SELECT FROM messaging.consumer_members
         WHERE consumer = $1 AND member <> $2 AND expires_at < now()
           AND expires_at > now() - interval '${policy.carefulForMs} milliseconds'
       ) AS unclean`,
      [this.#consumer, this.#member],
    );
    return row?.unclean === true;
  }

  /** A method, since the state changes while something is awaited. */
  #isLeft(): boolean {
    return this.#left;
  }

  async #renew(): Promise<void> {
    await this.#dataSource.query(
      `INSERT INTO messaging.consumer_members (member, consumer, expires_at)
       VALUES ($1, $2, now() + interval '${policy.memberTtlMs} milliseconds')
       ON CONFLICT (member) DO UPDATE SET expires_at = excluded.expires_at`,
      [this.#member, this.#consumer],
    );
  }

  async #keepUp(): Promise<void> {
    try {
      await this.#renew();
    } catch (error) {
      this.#logger.debug({ reason: messageOf(error) }, 'membership not renewed; the next time comes soon');
    }
  }
}

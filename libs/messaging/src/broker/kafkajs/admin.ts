import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { Admin, Kafka } from 'kafkajs';
import { settles, brokerWithin } from '../../deadline.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';

/**
 * One connection for questions to the broker, each with a deadline. kafkajs can lose a request for good: one that is
 * written while its connection is being closed is neither answered nor timed out. So a connection over which a question
 * was not answered is thrown away, and the next question opens another.
 */
export class AdminConnection {
  readonly #kafka: Kafka;
  readonly #logger: Logger;
  #client: AdminClient | undefined;
  #closed = false;

  constructor(kafka: Kafka, logger: Logger) {
    this.#kafka = kafka;
    this.#logger = logger;
  }

  /** Throws what the question throws, and MSG-SEND after `timeoutMs`: while a broker is away, or forgets to answer. */
  async ask<T>(question: (admin: Admin) => Promise<T>, timeoutMs: number = messagingPolicy.adminAskMs): Promise<T> {
    if (this.#closed) throw messagingError('MSG-SEND', 'the broker client was closed');
    const client = (this.#client ??= new AdminClient(this.#kafka, this.#logger));
    try {
      return await brokerWithin(timeoutMs, client.admin.then(question));
    } catch (error) {
      if (this.#client === client) this.#client = undefined;
      // Not awaited: closing may hang for the same reason as the question.
      void client.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }
}

class AdminClient {
  /** Rejects when the client ends before a broker has answered. */
  readonly admin: Promise<Admin>;
  readonly #ending = new AbortController();

  constructor(kafka: Kafka, logger: Logger) {
    this.admin = this.#connect(kafka.admin(), logger);
    this.admin.catch(() => undefined);
  }

  /** Never rejects, whatever hangs. */
  async end(): Promise<void> {
    this.#ending.abort();
    await settles(
      messagingPolicy.closeMs,
      this.admin.then((admin) => admin.disconnect()),
    );
  }

  async #connect(admin: Admin, logger: Logger): Promise<Admin> {
    while (!this.#isEnding()) {
      try {
        await admin.connect();
        return admin;
      } catch (error) {
        logger.debug({ reason: messageOf(error) }, 'the broker does not answer');
      }
    }
    await admin.disconnect();
    throw messagingError('MSG-SEND', 'the broker client was closed');
  }

  /** A method, since the state changes while something is awaited. */
  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }
}

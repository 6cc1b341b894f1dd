import pg from 'pg';
import { clientKeepAlive, type DatabaseConfig, sessionOptions } from './data-source.js';
import { destroySocket } from './destroy-socket.js';

/** In ms. A health check gives up earlier; this one ends what it left behind. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * Asks whether the database answers, on a connection of its own: when all of the pool's are held by work that hangs,
 * the database is well and the process is not, and a check through the pool could not tell.
 */
export class DatabaseProbe {
  readonly #config: pg.ClientConfig;
  #client: pg.Client | undefined;

  constructor(config: DatabaseConfig, service: string) {
    this.#config = {
      connectionString: config.DATABASE_URL,
      application_name: `${service} probe`,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      options: sessionOptions,
      ...clientKeepAlive,
    };
  }

  /** Resolves when it answers. Rejects with what pg says otherwise; the next call connects anew. One call at a time. */
  async ask(): Promise<void> {
    const client = this.#client ?? new pg.Client(this.#config);
    try {
      if (this.#client === undefined) {
        this.#client = client;
        client.on('error', () => this.#drop(client));
        await client.connect();
      }
      await client.query('SELECT 1');
    } catch (error) {
      this.#drop(client);
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    destroySocket(client);
  }
}

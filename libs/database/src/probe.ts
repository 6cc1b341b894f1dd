import pg from 'pg';
import { clientKeepAlive, destroySocket } from './clients.js';
import type { DatabaseConfig } from './data-source.js';
import { databaseError } from './errors.js';
import { SESSION_SETTINGS, sessionOptions } from './session-settings.js';

/** How long the probe waits for an answer, in ms. A health check gives up earlier; then the probe ends its own question. */
const ANSWER_WITHIN_MS = 2_000;

const WANTED = Object.entries(SESSION_SETTINGS);

const STATE = `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS "readOnly",
  ARRAY[${WANTED.map(([name]) => `current_setting('${name}')`).join(', ')}] AS settings`;

interface State {
  readonly standby: boolean;
  readonly readOnly: boolean;
  readonly settings: readonly string[];
}

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

  /**
   * Resolves when it answers and can be written, by sessions as the code counts on them. The next call after a failure
   * connects anew. One call at a time. @throws what pg says; DB-READ-ONLY; DB-SESSION.
   */
  async ask(): Promise<void> {
    const client = this.#client ?? new pg.Client(this.#config);
    try {
      if (this.#client === undefined) {
        this.#client = client;
        client.on('error', () => this.#drop(client));
        await client.connect();
      }
      const { rows } = await client.query<State>(STATE);
      judge(rows[0]);
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

/** @throws DB-SESSION; DB-READ-ONLY when nothing else is wrong */
function judge(state: State | undefined): void {
  const wrong = WANTED.flatMap(([name, wanted], index) => {
    const actual = state?.settings[index];
    return actual === wanted ? [] : [`${name} is '${actual}', not '${wanted}'`];
  });
  if (wrong.length > 0) {
    throw databaseError(
      'DB-SESSION',
      `${wrong.join(', ')}: a pooler drops what sessions are begun with; set them by ALTER ROLE … SET, or in the pooler`,
    );
  }
  if (state?.standby === true) {
    throw databaseError(
      'DB-READ-ONLY',
      'DATABASE_URL leads to a standby, which cannot be written: it must lead to the primary',
    );
  }
  if (state?.readOnly === true) {
    throw databaseError(
      'DB-READ-ONLY',
      'sessions are read-only: default_transaction_read_only is on for the role, database or server',
    );
  }
}

import { createHash } from 'node:crypto';
import type { Logger } from '@dozen/telemetry';
import pg from 'pg';
import { clientKeepAlive, type DatabaseConfig, directUrl } from '../data-source.js';
import { sessionOptions } from '../session-settings.js';
import { destroySocket } from '../destroy-socket.js';
import { JOBS_SCHEMA, jobsPolicy as policy } from './policy.js';
import { pause } from './pause.js';

/** Where pg-boss notifies, in the enqueuing transaction, that a queue has a job to do; the payload is the queue's name. */
const CHANNEL = `pgboss_${createHash('sha224').update(JOBS_SCHEMA).digest('hex').slice(0, 24)}`;

export interface JobListenerOptions {
  readonly config: DatabaseConfig;
  readonly service: string;
  readonly logger: Logger;
  /** A job of this queue has been committed. */
  readonly onJob: (queue: string) => void;
  /** Listens from now on, or again: what was committed before was not heard. */
  readonly onGap: () => void;
}

/**
 * Hears of jobs on a connection of its own, and opens another when it is lost; polling covers the time between. pg-boss'
 * own listener stops hearing errors before it has closed its connection: the last words of a server that ends in that
 * moment would end the process.
 */
export class JobListener {
  readonly #options: JobListenerOptions;
  readonly #stopping = new AbortController();
  #client: pg.Client | undefined;
  #running: Promise<void> | undefined;

  constructor(options: JobListenerOptions) {
    this.#options = options;
  }

  /** Survives outages by itself. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** At once, also while the server does not answer. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#client !== undefined) destroySocket(this.#client);
    await this.#running;
  }

  /** A method, since the state changes while something is awaited. */
  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#stopped()) {
      const client = this.#newClient();
      this.#client = client;
      try {
        await this.#listen(client);
      } catch (error) {
        if (!this.#stopped()) this.#options.logger.warn({ err: error }, 'jobs: not listening; polling goes on');
      } finally {
        destroySocket(client);
      }
      await pause(policy.listenRetryMs, this.#stopping.signal);
    }
  }

  #newClient(): pg.Client {
    const { config, service } = this.#options;
    return new pg.Client({
      connectionString: directUrl(config),
      application_name: `${service}-jobs`,
      connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
      query_timeout: policy.listenAnswerMs,
      options: sessionOptions,
      ...clientKeepAlive,
    });
  }

  /** Resolves when it is stopped. Rejects when the connection breaks, or does not answer any more. */
  async #listen(client: pg.Client): Promise<void> {
    const { onJob, onGap } = this.#options;
    const broken = Promise.withResolvers<never>();
    // Heard to the end of the connection, and by nobody in particular when it is over.
    broken.promise.catch(() => undefined);
    client.on('error', broken.reject);
    client.on('end', () => broken.reject(new Error('the connection ended')));
    client.on('notification', ({ payload }) => payload !== undefined && onJob(payload));
    await client.connect();
    await client.query(`LISTEN "${CHANNEL}"`);
    onGap();
    while (!this.#stopped()) {
      await Promise.race([broken.promise, pause(policy.listenBeatMs, this.#stopping.signal)]);
      if (!this.#stopped()) await client.query('SELECT 1');
    }
  }
}

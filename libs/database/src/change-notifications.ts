import { pause } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import pg from 'pg';
import { clientKeepAlive, destroySocket } from './clients.js';
import { type DatabaseConfig, directUrl } from './data-source.js';
import { NOT_FLUSHED, sessionOptions } from './session-settings.js';

/**
 * | name | why this value |
 * |---|---|
 * | paceMs | between two announcements of a process, which are one statement: a commit that follows at once is told with the next |
 * | retryMs | before a lost connection is tried again: polling covers for it |
 * | heartbeatMs | how long a connection that hears nothing is believed |
 * | answerMs | what its server may take for an answer |
 */
export const notificationsPolicy = { paceMs: 10, retryMs: 1_000, heartbeatMs: 30_000, answerMs: 5_000 } as const;

export interface ChangeNotificationsOptions {
  readonly config: DatabaseConfig;
  /** Shown by pg_stat_activity as `<service>-notifications`. */
  readonly service: string;
  readonly logger: Logger;
}

/** Listens to one channel. Neither method may throw. */
export interface NotificationListener {
  /** Another process has announced the payload, or a transaction of any process. */
  readonly onNotification: (payload: string) => void;
  /** The connection listens from now on, for the first time or again. What was announced before was not heard. */
  readonly onGap: () => void;
}

const ANNOUNCE = `
  SELECT ${NOT_FLUSHED}, pg_notify(channel, payload)
  FROM unnest($1::text[], $2::text[]) AS notification (channel, payload)`;

/**
 * Tells the processes of a service at once that something is committed which another of them waits for (LISTEN and NOTIFY). A
 * notification may be lost, with the connection or with a process that dies between its commit and the notification, so whoever
 * listens also polls, slowly. It is sent after the commit and not in its transaction, since PostgreSQL lets transactions that
 * notify commit one after the other.
 *
 * It has one connection of its own, past a transaction pooler, and opens another when it is lost.
 */
export class ChangeNotifications {
  readonly #options: ChangeNotificationsOptions;
  readonly #listeners = new Map<string, NotificationListener>();
  readonly #stopping = new AbortController();
  /** Channels and their payloads, each once. */
  #pending = new Map<string, Set<string>>();
  #client: pg.Client | undefined;
  /** The client once it is connected: it can announce, and listens or is about to. */
  #listening: pg.Client | undefined;
  #announcing = false;
  #running: Promise<void> | undefined;

  constructor(options: ChangeNotificationsOptions) {
    this.#options = options;
  }

  /** One listener per channel; a second replaces the first. `channel` is an identifier. */
  listen(channel: string, listener: NotificationListener): void {
    this.#listeners.set(channel, listener);
    const client = this.#listening;
    if (client !== undefined) void this.#listenTo(client, channel).catch(() => destroySocket(client));
  }

  /** Tells the other processes soon, and once for all announcements that come meanwhile. Call it after the commit. */
  announce(channel: string, payload = ''): void {
    if (this.#listening === undefined) return;
    this.#pending.set(channel, (this.#pending.get(channel) ?? new Set()).add(payload));
    if (!this.#announcing) void this.#announceAll();
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

  /** A method and not a value, since the state changes while something is awaited. */
  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#stopped()) {
      try {
        this.#client = this.#newClient();
        await this.#hear(this.#client);
      } catch (error) {
        if (!this.#stopped()) this.#options.logger.warn({ err: error }, 'not listening; polling goes on');
      } finally {
        this.#listening = undefined;
        this.#pending.clear();
        if (this.#client !== undefined) destroySocket(this.#client);
      }
      await pause(notificationsPolicy.retryMs, this.#stopping.signal);
    }
  }

  #newClient(): pg.Client {
    const { config, service } = this.#options;
    return new pg.Client({
      connectionString: directUrl(config),
      application_name: `${service}-notifications`,
      connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
      query_timeout: notificationsPolicy.answerMs,
      options: sessionOptions,
      ...clientKeepAlive,
    });
  }

  /** Resolves when it is stopped. Rejects when the connection breaks, or does not answer any more. */
  async #hear(client: pg.Client): Promise<void> {
    const broken = Promise.withResolvers<never>();
    // The promise may reject after nobody awaits it any more.
    broken.promise.catch(() => undefined);
    client.on('error', broken.reject);
    client.on('end', () => broken.reject(new Error('the connection ended')));
    client.on('notification', (notification) => this.#tell(notification, client));
    await client.connect();
    this.#listening = client;
    await Promise.all([...this.#listeners.keys()].map((channel) => this.#listenTo(client, channel)));
    while (!this.#stopped()) {
      await Promise.race([broken.promise, pause(notificationsPolicy.heartbeatMs, this.#stopping.signal)]);
      if (!this.#stopped()) await client.query('SELECT 1');
    }
  }

  async #listenTo(client: pg.Client, channel: string): Promise<void> {
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    this.#listeners.get(channel)?.onGap();
  }

  #tell({ channel, payload = '', processId }: pg.Notification, client: pg.Client): void {
    // This connection hears its own announcements, too. `processID` is not in the declared type.
    if (processId === (client as unknown as { processID: number | null }).processID) return;
    this.#listeners.get(channel)?.onNotification(payload);
  }

  /** Sends one statement at a time, each with everything that was announced by then. Never rejects. */
  async #announceAll(): Promise<void> {
    this.#announcing = true;
    while (this.#pending.size > 0 && this.#listening !== undefined) {
      const notifications = [...this.#pending].flatMap(([channel, payloads]) =>
        [...payloads].map((payload) => [channel, payload] as const),
      );
      this.#pending = new Map();
      const columns = [notifications.map(([channel]) => channel), notifications.map(([, payload]) => payload)];
      try {
        await this.#listening.query(ANNOUNCE, columns);
      } catch (error) {
        this.#options.logger.debug({ err: error }, 'not announced; polling finds it');
      }
      await pause(notificationsPolicy.paceMs, this.#stopping.signal);
    }
    this.#announcing = false;
  }
}

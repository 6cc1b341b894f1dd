import type { Socket } from 'node:net';
import pg from 'pg';
import { markOpening, markStalePlan } from './sqlstate.js';
import { StatementNames } from './statement-names.js';

type Connected = (error: Error) => void;

/** What pg has of a connection: its statements by name (their texts), and its socket. */
interface Connection {
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly submittedNamedStatements: Readonly<Record<string, string | undefined>>;
  readonly stream: Socket;
}

/** Twice the number of statements that a service has. */
const names = new StatementNames(200);

/**
 * A connection in the pool of a service. Errors of opening it (a wrong password or certificate, say) are marked, so that they
 * can be told from errors of a statement. Statements with parameters are prepared when they repeat: to plan them takes the
 * server as long as to run them. Behind PgBouncer in transaction mode that needs its release 1.21 and `max_prepared_statements`
 * above 200.
 */
export class ServiceClient extends pg.Client {
  #corked = false;

  constructor(config?: pg.ClientConfig) {
    try {
      super(config);
    } catch (error) {
      // It reads the files of certificates.
      throw markOpening(error);
    }
    const ask = super.query.bind(this) as (...args: readonly unknown[]) => unknown;
    this.query = ((...args: readonly unknown[]): unknown => {
      this.#cork();
      const [text, values, callback] = args;
      if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return ask(...args);
      const name = this.#usable(names.of(text));
      if (name === undefined) return ask(...args);
      if (isCallback(callback)) return ask(prepared(name, { text, values, callback: noting(callback, text) }));
      return new Promise((resolve, reject) => {
        const answered: Callback = (error, result) => (error ? reject(error) : resolve(result));
        ask(prepared(name, { text, values, callback: noting(answered, text) }));
      });
    }) as pg.Client['query'];
  }

  /**
   * Statements that are issued at the same time leave in one write to the socket: each write costs as much as a small
   * statement.
   */
  #cork(): void {
    const { stream } = (this as unknown as { connection: Connection }).connection;
    if (this.#corked) return;
    this.#corked = true;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | undefined {
    // The pool gives a callback.
    if (callback === undefined) return super.connect();
    super.connect((error: Error) => callback(markOpening(error)));
    return undefined;
  }

  /**
   * A name is usable once the server has confirmed that it could prepare the statement. Until then statements are sent without
   * a name: if the first one cannot be prepared (the transaction has failed, say), those sent behind it would fail with an
   * error that is not theirs.
   */
  #usable(name: string | undefined): string | undefined {
    const { parsedStatements, submittedNamedStatements } = (this as unknown as { connection: Connection }).connection;
    if (name === undefined || parsedStatements[name] !== undefined) return name;
    return submittedNamedStatements[name] === undefined ? name : undefined;
  }
}

/** As pg would make it of a configuration, which it copies first, property by property. */
function prepared(name: string, query: { text: string; values: unknown[]; callback: Callback }): pg.Query {
  return Object.assign(new pg.Query(query.text, query.values), { name, callback: query.callback });
}

/** The callback that pg's pool gives. */
type Callback = (error: Error | null | undefined, result: unknown) => void;

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

function noting(callback: Callback, text: string): Callback {
  return (error, result) => {
    if (markStalePlan(error)) names.forget(text);
    callback(error, result);
  };
}

import {
  currentTrace,
  errorType,
  metersOn,
  observeGauges,
  openSpan,
  OTHER,
  recorder,
  spans,
  stopwatch,
  tracingOn,
} from '@dozen/telemetry';
import pg from 'pg';
import { databaseMetrics as metrics } from './metrics.js';
import { ServiceClient } from './service-client.js';

const POOL = { 'db.client.connection.pool.name': 'service' };
const VERBS: ReadonlySet<string> = new Set(
  'SELECT INSERT UPDATE DELETE WITH BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET CREATE ALTER DROP'.split(' '),
);

type Connected = Parameters<pg.Pool['connect']>[0];

/** The driver for TypeORM: pg itself, or one whose pools measure what they do when somebody collects metrics or spans. */
export function pgDriver(): Pick<typeof pg, 'Pool' | 'defaults'> {
  return metersOn() || tracingOn() ? { Pool: MeasuredPool, defaults: pg.defaults } : pg;
}

/** Measures how long its connections are waited for and held, and shows how many there are. */
class MeasuredPool extends pg.Pool {
  readonly #wait = recorder(metrics.waitTime);
  readonly #stop: () => void;

  constructor(options: pg.PoolConfig) {
    super({ ...options, Client: MeasuredClient });
    this.#measureUse();
    this.#stop = observeGauges({
      gauges: [metrics.connections, metrics.mostConnections, metrics.waiting],
      look: (observe) => {
        const { totalCount, idleCount } = this;
        observe(metrics.connections, idleCount, { ...POOL, 'db.client.connection.state': 'idle' });
        observe(metrics.connections, totalCount - idleCount, { ...POOL, 'db.client.connection.state': 'used' });
        observe(metrics.mostConnections, this.options.max, POOL);
        observe(metrics.waiting, this.waitingCount, POOL);
      },
      onError: (error) => this.emit('error', error, undefined),
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    // TypeORM gives a callback, and so does the pool to itself.
    if (callback === undefined) return super.connect();
    const seconds = stopwatch();
    super.connect((error, client, release) => {
      this.#wait.record(seconds(), error === undefined ? POOL : { ...POOL, 'error.type': errorType(error) });
      callback(error, client, release);
    });
    return undefined;
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | undefined {
    this.#stop();
    if (callback === undefined) return super.end();
    super.end(callback);
    return undefined;
  }

  #measureUse(): void {
    const use = recorder(metrics.useTime);
    const held = new WeakMap<pg.PoolClient, () => number>();
    this.on('acquire', (client) => held.set(client, stopwatch()));
    this.on('release', (_error, client) => {
      const seconds = held.get(client);
      if (seconds !== undefined) use.record(seconds(), POOL);
    });
  }
}

/** Measures its answers. */
class MeasuredClient extends ServiceClient {
  readonly #duration = recorder(metrics.operationDuration);

  constructor(config?: pg.ClientConfig) {
    super(config);
    const ask = this.query.bind(this) as (...args: readonly unknown[]) => unknown;
    this.query = ((...args: readonly unknown[]): unknown => {
      const seconds = stopwatch();
      const answer = ask(...args);
      // Only promises are measured: the service never asks with a callback.
      if (answer instanceof Promise) void this.#measure(answer, seconds, verbOf(args[0]));
      return answer;
    }) as pg.Client['query'];
  }

  async #measure(answer: Promise<unknown>, seconds: () => number, verb: string): Promise<void> {
    const asked = { 'db.system.name': 'postgresql', 'db.operation.name': verb };
    // A statement that belongs to no trace, such as the relay's polling, gets no span: each would be a trace of its own.
    const span =
      currentTrace() === undefined ? undefined : openSpan(spans.statement, { name: verb, attributes: asked });
    try {
      await answer;
      this.#duration.record(seconds(), asked);
      span?.end();
    } catch (error) {
      // The error reaches whoever asked by the query's own promise.
      this.#duration.record(seconds(), { ...asked, 'error.type': errorType(error) });
      span?.end({ thrown: error });
    }
  }
}

function verbOf(query: unknown): string {
  const verb = typeof query === 'string' ? /^(?:\s|\/\*.*?\*\/)*([a-z]+)/i.exec(query)?.[1]?.toUpperCase() : undefined;
  return verb !== undefined && VERBS.has(verb) ? verb : OTHER;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import { runCommand } from '../../src/admin/program.js';
import type { ServiceConfig } from '../../src/define-service.js';
import { type RunningService, startService, type StartOptions } from '../../src/index.js';
import { pingService } from '../pings.js';
import { environmentOf } from './environment.js';
import { postPing, probe, stepsOf } from './ping-client.js';

type Policy = NonNullable<StartOptions<ServiceConfig>['policy']>;

const PROBE_EVERY_MS = 100;

/** Small services that are watched from outside: by their probes, their log, and the status they would exit with. */
export class HealthRig {
  readonly logs: string[] = [];
  readonly exits: number[] = [];
  readonly #running: RunningService[] = [];

  /** Resolves when it is ready, on a migrated database. Kafka is the run's, unless `env` says otherwise. */
  async start(
    env: Readonly<Record<string, string>> & { readonly DATABASE_URL: string },
    { service = pingService(), policy = {} }: { service?: ReturnType<typeof pingService>; policy?: Policy } = {},
  ): Promise<WatchedService> {
    const settings = { ...environmentOf({ url: env.DATABASE_URL }), ...env };
    await runCommand(service, ['migrate'], settings);
    const destination = { write: (line: string) => void this.logs.push(line) };
    const started = await startService(service, {
      env: settings,
      logger: createLogger({ service: 'pings', release: 'test', level: 'info', destination }),
      exit: (code) => void this.exits.push(code),
      policy,
    });
    this.#running.push(started);
    await started.ready();
    return new WatchedService(started);
  }

  /** To be called after each test. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((one) => one.stop()));
    this.exits.length = 0;
    this.logs.length = 0;
  }
}

export class WatchedService {
  constructor(readonly running: RunningService) {}

  probe(path: 'livez' | 'readyz') {
    return probe(this.running.url, path);
  }

  /** Statuses of /readyz for so long, one look every 100 ms whether the last has been answered or not. */
  async readinessFor(ms: number): Promise<Set<number>> {
    const looks: Promise<number>[] = [];
    for (const until = performance.now() + ms; performance.now() < until;) {
      looks.push(this.probe('readyz').then(({ status }) => status));
      await sleep(PROBE_EVERY_MS);
    }
    return new Set(await Promise.all(looks));
  }

  async ping(text: string): Promise<string> {
    const id = newId();
    expect((await postPing(this.running.url, { id, text })).status).toBe(201);
    return id;
  }

  steps(id: string): Promise<string[]> {
    return stepsOf(this.running.url, id);
  }
}

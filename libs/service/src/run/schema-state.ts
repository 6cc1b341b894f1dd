import { type DatabaseProbe, missingQueues, pendingMigrations } from '@dozen/database';
import { backoff, DozenError, messageOf, pause } from '@dozen/kernel';
import type { CheckResult, Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import { commandLine } from '../command-line.js';
import type { ServiceDefinition } from '../define-service.js';

/** How often to look again, in ms: while the database is away, and while its schema lacks something. */
const POLICY = { connect: { firstMs: 100, mostMs: 2_000 }, schemaMs: 1_000 };

/**
 * unknown (no connection yet) or unsuited (sessions have other settings than the code counts on, so nothing may work with
 * them) → behind (migrations, queues or what else `migrate` makes are missing) → current, and never back: a schema only
 * grows, and what a newer release adds is no concern of this one. A service looks; it never migrates.
 */
type State =
  | { readonly is: 'unknown' | 'current' }
  | { readonly is: 'unsuited'; readonly reason: string }
  | { readonly is: 'behind'; readonly missing: readonly string[] };

/** Waits for the database and for its schema. */
export class SchemaState {
  private state: State = { is: 'unknown' };
  private readonly migrate: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly definition: Pick<ServiceDefinition, 'name' | 'jobs'>,
    private readonly deps: {
      readonly logger: Logger;
      readonly lifecycle: Lifecycle;
      readonly probe: Pick<DatabaseProbe, 'ask'>;
      /** What else `migrate` makes and is not there; see `ServiceOptions`. */
      readonly unprepared: () => Promise<readonly string[]>;
    },
  ) {
    this.migrate = commandLine(definition.name, 'migrate');
  }

  get current(): boolean {
    return this.state.is === 'current';
  }

  check(): CheckResult {
    switch (this.state.is) {
      case 'unknown':
        return { ok: false, reason: 'the database has not answered yet' };
      case 'unsuited':
        return { ok: false, reason: this.state.reason };
      case 'behind':
        return { ok: false, reason: `missing: ${this.state.missing.join(', ')}`, command: this.migrate };
      case 'current':
        return { ok: true };
    }
  }

  /** Resolves with true once everything is there, with false when draining began first. Never rejects. */
  async untilCurrent(): Promise<boolean> {
    const { lifecycle, logger } = this.deps;
    let failures = 0;
    let told: State['is'] | 'unreachable' = 'unknown';
    while (!lifecycle.draining) {
      try {
        await this.look();
        if (this.state.is === 'current') {
          return true;
        }
        if (this.state.is === 'behind' && told !== 'behind') {
          told = 'behind';
          logger.error({ missing: this.state.missing, command: this.migrate }, `not ready: run ${this.migrate}`);
        }
        if (this.state.is === 'unsuited' && told !== 'unsuited') {
          told = 'unsuited';
          logger.error({ reason: this.state.reason }, 'not ready: sessions of the database have other settings');
        }
        failures = 0;
      } catch (error) {
        if (told !== 'unreachable') {
          told = 'unreachable';
          logger.warn({ reason: messageOf(error) }, 'not ready: the database does not answer; trying on');
        }
        failures += 1;
      }
      await pause(failures === 0 ? POLICY.schemaMs : backoff(failures, POLICY.connect), lifecycle.signal);
    }
    return false;
  }

  private async look(): Promise<void> {
    if (!this.dataSource.isInitialized) {
      // This is asked before the pool opens, since its connections would keep the settings that they began with.
      const reason = await this.wrongSettings();
      if (reason !== undefined) {
        this.state = { is: 'unsuited', reason };
        return;
      }
      await this.dataSource.initialize();
    }
    const migrations = await pendingMigrations(this.dataSource);
    const queues = await missingQueues(this.dataSource, this.definition.jobs);
    const prepared = await this.deps.unprepared();
    const missing = [...migrations, ...queues.map((queue) => `queue ${queue}`), ...prepared];
    this.state = missing.length === 0 ? { is: 'current' } : { is: 'behind', missing };
  }

  /** A service also runs where nothing can be written: readiness says so, and its work waits. */
  private async wrongSettings(): Promise<string | undefined> {
    try {
      await this.deps.probe.ask();
    } catch (error) {
      const code = error instanceof DozenError ? error.code : undefined;
      if (code === 'DB-SESSION') return messageOf(error);
      if (code !== 'DB-READ-ONLY') throw error;
    }
    return undefined;
  }
}

import type { DatabaseProbe } from '@dozen/database';
import { messageOf } from '@dozen/kernel';
import type { CheckResult, Health } from '@dozen/shutdown';
import type { DataSource } from 'typeorm';
import type { ServicePolicy } from './policy.js';
import type { SchemaState } from './schema-state.js';

interface Parts {
  readonly dataSource: DataSource;
  readonly probe: DatabaseProbe;
  readonly schema: SchemaState;
  readonly policy: ServicePolicy;
}

/** The checks behind /readyz, beside `draining`, which Health has by itself, and those of the inbox. */
export function readinessChecks(health: Health, parts: Parts): void {
  const { schema, policy } = parts;
  health.addReadiness('database', () => answers(parts), { graceMs: policy.databaseGraceMs });
  health.addReadiness('migrations', () => schema.check());
}

async function answers({ dataSource, probe, schema }: Parts): Promise<CheckResult> {
  if (!dataSource.isInitialized) {
    // Until then the probe is asked by the schema's look alone.
    return schema.check();
  }
  try {
    await probe.ask();
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

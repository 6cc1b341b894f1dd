import type { DatabaseProbe } from '@dozen/database';
import { messageOf } from '@dozen/kernel';
import type { CheckResult, Health } from '@dozen/shutdown';
import type { DataSource } from 'typeorm';
import type { ServicePolicy } from './policy.js';
import type { SchemaState } from './schema-state.js';

/** The checks behind /readyz, beside `draining`, which Health has by itself, and those of the inbox. */
export function readinessChecks(
  health: Health,
  parts: { dataSource: DataSource; probe: DatabaseProbe; schema: SchemaState; policy: ServicePolicy },
): void {
  const { dataSource, probe, schema, policy } = parts;
  health.addReadiness('database', () => answers(dataSource, probe), { toleratedMs: policy.databaseBlipMs });
  health.addReadiness('migrations', () => schema.check());
}

async function answers(dataSource: DataSource, probe: DatabaseProbe): Promise<CheckResult> {
  if (!dataSource.isInitialized) {
    return { ok: false, reason: 'not connected yet' };
  }
  try {
    await probe.ask();
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

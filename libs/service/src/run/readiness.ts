import type { KafkaInboxServer } from '@dozen/messaging';
import type { CheckResult, Health } from '@dozen/shutdown';
import { messageOf } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import type { SchemaState } from './schema-state.js';

/** The checks behind /readyz, beside `draining`, which Health has by itself. */
export function readinessChecks(
  health: Health,
  parts: { dataSource: DataSource; schema: SchemaState; inbox: KafkaInboxServer | undefined },
): void {
  const { dataSource, schema, inbox } = parts;
  health.addReadiness('database', () => answers(dataSource));
  health.addReadiness('migrations', () => schema.check());
  if (inbox !== undefined) {
    health.addReadiness('broker', (): CheckResult =>
      inbox.joined ? { ok: true } : { ok: false, reason: 'not a member of the consumer group' },
    );
  }
}

async function answers(dataSource: DataSource): Promise<CheckResult> {
  if (!dataSource.isInitialized) {
    return { ok: false, reason: 'not connected yet' };
  }
  try {
    await dataSource.query('SELECT 1');
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

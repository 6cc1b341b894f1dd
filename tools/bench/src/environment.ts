import { cpus, totalmem } from 'node:os';
import { type Backing, KAFKA_VERSION } from '@dozen/backing';
import pg from 'pg';

/** On what it was measured. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly synchronousCommit: string;
  readonly fsync: string;
}

/** Throws when PostgreSQL does not write durably: such figures say nothing. */
export async function describeEnvironment({ postgres, kafka }: Backing): Promise<Environment> {
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  try {
    const show = async (name: string): Promise<string> => {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
      return rows[0]?.[name] ?? 'unknown';
    };
    const [synchronousCommit, fsync] = [await show('synchronous_commit'), await show('fsync')];
    if (synchronousCommit !== 'on' || fsync !== 'on') {
      throw new Error(`PostgreSQL has synchronous_commit=${synchronousCommit}, fsync=${fsync}: both must be on.`);
    }
    return {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: await show('server_version'),
      kafka: kafka.pid === undefined ? 'by KAFKA_URL' : KAFKA_VERSION,
      synchronousCommit,
      fsync,
    };
  } finally {
    await client.end();
  }
}

import type { Benchmark, Findings } from '../benchmark.js';
import { Child } from '../children/child.js';
import type { WritesInput, WritesOutput } from '../children/writer-role.js';
import { Sandbox } from '../sandbox.js';

const SECONDS = 6;
const CLIENTS = 16;
const AIM = 0.85;

export const writes: Benchmark = async ({ backing, rounds, scale, say }): Promise<Findings> => {
  const sandbox = await Sandbox.open(backing);
  try {
    await sandbox.dataSource.query(
      'CREATE TABLE orders (id uuid PRIMARY KEY, customer text NOT NULL, amount int NOT NULL, body jsonb NOT NULL)',
    );
    const rates: number[] = [];
    const yardstickRates: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      // Whoever comes second finds larger tables: they change places.
      const order = round % 2 === 1 ? (['raw', 'unit'] as const) : (['unit', 'raw'] as const);
      for (const subject of order) {
        const input: WritesInput = {
          subject,
          databaseUrl: sandbox.databaseUrl,
          clients: CLIENTS,
          ms: SECONDS * 1000 * scale,
        };
        const child = await Child.start<WritesOutput>('writer-role', input);
        child.go();
        const { rate } = await child.done;
        (subject === 'raw' ? yardstickRates : rates).push(rate);
        say(`round ${round}: ${subject} ${Math.round(rate)} transactions/s`);
        await sandbox.dataSource.query('TRUNCATE orders, messaging.outbox');
      }
    }
    const ratio = {
      subject: `unit of work: an order and its event, ${CLIENTS} at a time`,
      yardstick: `pg.Pool of ${CLIENTS} connections: BEGIN, the same two INSERTs, COMMIT`,
      unit: 'transactions/s',
      rates,
      yardstickRates,
      aim: AIM,
    };
    return { ratios: [ratio], latencies: [], counts: [], evidence: [] };
  } finally {
    await sandbox.close();
  }
};

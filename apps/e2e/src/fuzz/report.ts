import type { FuzzResult } from './run-fuzz.js';

/** The one table of a run, for people. */
export function reportOf(result: FuzzResult): string {
  const { options, findings, requests, records, refused, librdkafka, accepted, unready, spanMs, ended } = result;
  const rows: [string, string][] = [
    ['seed', String(options.seed)],
    ['requests', String(requests)],
    ['records', `${records}, of which the broker refused ${refused}`],
    ['librdkafka', librdkafka ? 'sent a fourth of the records' : 'skipped: no Python with confluent-kafka is here'],
    ['orders accepted by HTTP', String(accepted)],
    ['not ready for a moment', unready === 0 ? 'never' : `${unready} times`],
    ['time', `${(spanMs / 1000).toFixed(1)} s, ${Math.round((1000 * (requests + records)) / spanMs)} cases a second`],
    ['processes that ended by themselves', ended.length === 0 ? 'none' : ended.join(', ')],
    ['findings', String(findings.size)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

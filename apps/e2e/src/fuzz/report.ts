import type { FuzzResult } from './run-fuzz.js';

/** The one table of a run, for people. */
export function reportOf({ options, findings, requests, accepted, spanMs, ended }: FuzzResult): string {
  const rows: [string, string][] = [
    ['seed', String(options.seed)],
    ['requests', String(requests)],
    ['orders accepted', String(accepted)],
    ['time', `${(spanMs / 1000).toFixed(1)} s, ${Math.round((1000 * requests) / spanMs)} cases a second`],
    ['processes that ended by themselves', ended.length === 0 ? 'none' : ended.join(', ')],
    ['findings', String(findings.size)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

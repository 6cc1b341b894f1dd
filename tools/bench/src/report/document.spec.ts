import { readFile } from 'node:fs/promises';
import { loadResults } from '../results.js';
import { DOCUMENT, renderDocument } from './document.js';
import { tablesOf } from './tables.js';

const none = { ratios: [], latencies: [], counts: [], evidence: [] };

describe('the document of the benchmarks', () => {
  it('is what its results and notes say', async () => {
    expect(await readFile(DOCUMENT, 'utf8')).toBe(await renderDocument(await loadResults()));
  });

  it('divides the best round by the best of the yardstick, and says when that is not enough', () => {
    const ratio = {
      subject: 'a',
      yardstick: 'b',
      unit: 'rows/s',
      rates: [50, 60],
      yardstickRates: [100, 80],
      aim: 0.65,
    };
    const [table] = tablesOf({ ...none, ratios: [ratio] });
    expect(table).toContain('| 60 rows/s | 100 rows/s | **0.60** | 0.50–0.75 | ≥ 0.65 | **no** |');
  });

  it('calls a latency reached only when both percentiles are', () => {
    const latency = { subject: 'a', count: 1, p50: 4, p95: 9, p99: 16, aim: { p50: 5, p99: 15 } };
    const [table] = tablesOf({ ...none, latencies: [latency, { ...latency, p99: 14 }] });
    expect(
      table
        ?.split('\n')
        .slice(2)
        .map((row) => row.includes('**no**')),
    ).toEqual([true, false]);
  });

  it('judges a count only where there is a bound', () => {
    const [table] = tablesOf({
      ...none,
      counts: [
        { subject: 'a', value: 3 },
        { subject: 'b', value: 3, most: 2 },
      ],
    });
    expect(table?.split('\n').slice(2)).toEqual(['| a | 3 |  |  |', '| b | 3 | 2 | **no** |']);
  });
});

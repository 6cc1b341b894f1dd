import type { Count, Findings, Latency, Ratio } from '../benchmark.js';
import { best } from '../measures.js';

const HELD = 'yes';
const MISSED = '**no**';

/** The findings as Markdown tables, for the document and for the terminal alike. */
export function tablesOf(findings: Findings): string[] {
  const tables: string[] = [];
  if (findings.ratios.length > 0) {
    const head = ['measured', 'yardstick', 'rate', "yardstick's rate", 'ratio', 'per round', 'aim', 'reached'];
    tables.push(table(head, findings.ratios.map(ratioRow)));
  }
  if (findings.latencies.length > 0) {
    const head = ['latency in ms', 'messages', 'p50', 'p95', 'p99', 'aim', 'reached'];
    tables.push(table(head, findings.latencies.map(latencyRow)));
  }
  if (findings.counts.length > 0) {
    tables.push(table(['counted', 'found', 'at most', 'reached'], findings.counts.map(countRow)));
  }
  for (const { title, x, lines } of findings.curves ?? []) {
    const rows = x.values.map((at, index) => [
      whole(at),
      ...lines.map(({ values }) => (values[index] ?? NaN).toFixed(1)),
    ]);
    tables.push(`${title}:\n\n${table([x.title, ...lines.map(({ name }) => name)], rows)}`);
  }
  return tables;
}

function ratioRow({ subject, yardstick, unit, rates, yardstickRates, aim }: Ratio): string[] {
  const ratio = best(rates) / best(yardstickRates);
  const perRound = rates.map((rate, round) => rate / (yardstickRates[round] ?? NaN));
  return [
    subject,
    yardstick,
    `${whole(best(rates))} ${unit}`,
    `${whole(best(yardstickRates))} ${unit}`,
    `**${ratio.toFixed(2)}**`,
    `${Math.min(...perRound).toFixed(2)}–${Math.max(...perRound).toFixed(2)}`,
    aim === undefined ? '' : `≥ ${aim}`,
    aim === undefined ? '' : ratio >= aim ? HELD : MISSED,
  ];
}

function latencyRow({ subject, count, p50, p95, p99, aim }: Latency): string[] {
  return [
    subject,
    whole(count),
    p50.toFixed(1),
    p95.toFixed(1),
    p99.toFixed(1),
    aim === undefined ? '' : `p50 < ${aim.p50}, p99 < ${aim.p99}`,
    aim === undefined ? '' : p50 < aim.p50 && p99 < aim.p99 ? HELD : MISSED,
  ];
}

function countRow({ subject, value, most }: Count): string[] {
  if (most === undefined) return [subject, whole(value), '', ''];
  return [subject, whole(value), whole(most), value <= most ? HELD : MISSED];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

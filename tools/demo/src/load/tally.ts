import type { Kind } from './options.js';

/** How an order went, as its client sees it. `waiting`: not final when the client had waited its time. */
export const OUTCOMES = ['confirmed', 'rejected', 'cancelled', 'waiting', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Latencies that percentiles are made of: the latest of each kind. */
const KEPT = 10_000;

interface Counts {
  sent: number;
  readonly outcomes: Record<Outcome, number>;
  /** ms from the request to the order's end. */
  readonly latencies: number[];
}

/** What is counted, and the table of it. */
export class Tally {
  readonly #kinds = new Map<Kind, Counts>();

  sent(kind: Kind): void {
    this.#of(kind).sent += 1;
  }

  ended(kind: Kind, outcome: Outcome, ms: number): void {
    const counts = this.#of(kind);
    counts.outcomes[outcome] += 1;
    if (outcome === 'waiting' || outcome === 'refused') return;
    counts.latencies.push(ms);
    if (counts.latencies.length > KEPT) counts.latencies.shift();
  }

  /** Lines of a table; rates are means since the beginning. */
  table(elapsedMs: number): string[] {
    const head = ['kind', 'sent', 'open', ...OUTCOMES, 'ended/s', 'p50 ms', 'p95 ms', 'p99 ms'];
    const rows = [...this.#kinds].map(([kind, counts]) => row(kind, counts, elapsedMs));
    const all = [...this.#kinds.values()].reduce(added, empty());
    const table = [head, ...rows, row('all', all, elapsedMs)];
    const widths = head.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
    return table.map((cells) =>
      cells
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    );
  }

  #of(kind: Kind): Counts {
    const counts = this.#kinds.get(kind) ?? empty();
    this.#kinds.set(kind, counts);
    return counts;
  }
}

function empty(): Counts {
  return { sent: 0, outcomes: { confirmed: 0, rejected: 0, cancelled: 0, waiting: 0, refused: 0 }, latencies: [] };
}

function added(a: Counts, b: Counts): Counts {
  const outcomes = { ...a.outcomes };
  for (const outcome of OUTCOMES) outcomes[outcome] += b.outcomes[outcome];
  return { sent: a.sent + b.sent, outcomes, latencies: [...a.latencies, ...b.latencies] };
}

function row(name: string, { sent, outcomes, latencies }: Counts, elapsedMs: number): string[] {
  const ended = OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);
  const final = ended - outcomes.waiting - outcomes.refused;
  const sorted = [...latencies].sort((a, b) => a - b);
  const percentile = (percent: number): string => {
    const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
    return value === undefined ? '' : value.toFixed(0);
  };
  return [
    name,
    String(sent),
    String(sent - ended),
    ...OUTCOMES.map((outcome) => String(outcomes[outcome])),
    (final / (elapsedMs / 1000)).toFixed(1),
    ...[50, 95, 99].map(percentile),
  ];
}

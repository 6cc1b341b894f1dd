import type { TimelineEntry } from './shop.js';

/** Who says so: the last part of a CloudEvents source such as `/dozen/orders`. */
function speaker(source: string): string {
  return (
    source
      .split('/')
      .filter((part) => part !== '')
      .at(-1) ?? source
  );
}

/**
 * Writes one line per entry: when (after the first entry, by the clocks of the services), who, and what. The lines are sorted
 * by time, while the timeline itself is by arrival, since topics keep no order between them.
 */
export function drawTimeline(timeline: readonly TimelineEntry[]): string[] {
  const entries = timeline.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const first = Date.parse(entries[0]?.time ?? '');
  const rows = entries.map(
    ({ time, source, what }) => [`+${Date.parse(time) - first} ms`, speaker(source), what] as const,
  );
  const [when, who] = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([at, name, what], index) => {
    const bar = index === rows.length - 1 ? '└─' : '├─';
    return `${at.padStart(when ?? 0)} ${bar} ${name.padEnd(who ?? 0)}  ${what}`;
  });
}

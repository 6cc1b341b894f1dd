import type { CataloguedMetric } from './catalogue.js';

/** Units in braces are annotations, and no part of a name. */
const UNITS: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

/** The series that Prometheus has of a metric, as the collector translates its name. */
export function seriesOf({ name, kind, unit }: Pick<CataloguedMetric, 'name' | 'kind' | 'unit'>): string[] {
  const base = `${labelOf(name)}${UNITS[unit] ?? ''}`;
  switch (kind) {
    case 'histogram':
      return ['_bucket', '_sum', '_count'].map((suffix) => base + suffix);
    case 'counter':
      return [`${base}_total`];
    case 'gauge':
      return [base];
  }
}

export function labelOf(attribute: string): string {
  return attribute.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

import { labelOf, seriesOf } from './prometheus-names.js';
import type { ReceivedSeries } from './received.js';

/** Series in Prometheus' text format, with the names and labels that the collector's exporter gives them. */
export function exposition(all: readonly ReceivedSeries[]): string {
  return all.flatMap(linesOf).join('\n').concat('\n');
}

function linesOf(series: ReceivedSeries): string[] {
  const { resource, attributes, point, kind } = series;
  const labels = {
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [labelOf(name), value])),
    job: resource['service.name'] ?? '',
    instance: resource['service.instance.id'] ?? '',
  };
  const [first = '', sum = '', count = ''] = seriesOf(series);
  if (kind !== 'histogram') return [line(first, labels, point.asDouble ?? point.asInt ?? 0)];
  let below = 0;
  const buckets = (point.bucketCounts ?? []).map((inBucket, index) => {
    below += inBucket;
    return line(first, { ...labels, le: String(point.explicitBounds?.[index] ?? '+Inf') }, below);
  });
  return [...buckets, line(sum, labels, point.sum ?? 0), line(count, labels, point.count ?? 0)];
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const list = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}{${list.join(',')}} ${value}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

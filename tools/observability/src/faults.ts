import type { Catalogue } from './catalogue.js';
import type { Overlay } from './overlay.js';
import { labelOf, seriesOf } from './prometheus-names.js';
import { namesIn } from './promql.js';

/** Labels that Prometheus or the collector makes. */
const OWN_LABELS = ['job', 'instance', 'le'];

/** What rules, dashboards, runbooks and the catalogue of metrics say against each other, one sentence each. */
export function overlayFaults({ rules, queries, runbooks }: Overlay, { metrics }: Catalogue): string[] {
  const labelsOf = new Map(
    metrics.flatMap((metric) => seriesOf(metric).map((series) => [series, metric.attributes.map(labelOf)] as const)),
  );
  const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  const asked = new Set(alerts.map(({ annotations }) => annotations?.runbook));
  const fromQueries = queries.flatMap(({ where, expression }) => {
    const names = namesIn(expression);
    const known = [...names.metrics].filter((name) => labelsOf.has(name));
    const unknown = [...names.metrics].filter((name) => !labelsOf.has(name) && !recorded.has(name));
    const labels = new Set([...OWN_LABELS, ...known.flatMap((name) => labelsOf.get(name) ?? [])]);
    return [
      ...unknown.map((name) => `${where}: ${name} is no series of docs/telemetry.md`),
      ...[...names.labels]
        .filter((label) => !labels.has(label))
        .map((label) => `${where}: no metric of it has ${label}`),
      ...(names.metrics.size === 0 ? [`${where}: asks for nothing`] : []),
    ];
  });
  return [
    ...fromQueries,
    ...alerts
      .filter(({ annotations }) => annotations === undefined || !runbooks.includes(annotations.runbook))
      .map(({ alert }) => `${alert ?? ''}: has no runbook`),
    ...runbooks.filter((page) => !asked.has(page)).map((page) => `${page}: is the runbook of no alert`),
  ];
}

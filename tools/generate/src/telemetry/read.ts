import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type LogEvent, readLogEvents } from './log-events.js';

const metric = z.object({
  name: z.string(),
  kind: z.enum(['histogram', 'counter', 'gauge']),
  unit: z.string(),
  description: z.string(),
  attributes: z.array(z.string()),
  buckets: z.array(z.number()).optional(),
});
const span = z.object({
  name: z.string(),
  kind: z.string(),
  description: z.string(),
  attributes: z.array(z.string()),
});

export type Metric = z.output<typeof metric> & { readonly package: string };
export type Span = z.output<typeof span>;

/** All that the system says about itself. */
export interface Telemetry {
  readonly spans: readonly Span[];
  readonly metrics: readonly Metric[];
  /** Attribute → what bounds its values. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly logs: readonly LogEvent[];
}

/** From what is built, but for the log lines, which stand in the sources alone. */
export async function readTelemetry(root: string, services: readonly string[]): Promise<Telemetry> {
  const packages = [
    ...globSync('libs/*', { cwd: root }).filter((folder) => !/(testing|backing)$/.test(folder)),
    ...services.map((service) => `apps/${service}`),
  ].sort();
  const library = await load(root, 'libs/telemetry/dist/index.js');
  return {
    spans: z.array(span).parse(library['spanCatalogue'] ?? []),
    metrics: (await Promise.all(packages.map((folder) => metricsOf(root, folder)))).flat(),
    attributes: z.record(z.string(), z.string()).parse(library['metricAttributes']),
    logs: await readLogEvents(root, packages),
  };
}

/** By convention the only export of `src/metrics.ts`. */
async function metricsOf(root: string, folder: string): Promise<Metric[]> {
  const path = `${folder}/dist/metrics.js`;
  if (!existsSync(join(root, path))) return [];
  const metrics = Object.values(await load(root, path)).flatMap((exported): unknown[] =>
    Object.values(exported as object),
  );
  return z
    .array(metric)
    .parse(metrics)
    .map((one) => ({ ...one, package: folder }));
}

async function load(root: string, path: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(join(root, path)).href)) as Record<string, unknown>;
}

import { z } from 'zod';

const value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
export const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const number = z.union([z.string(), z.number()]).transform(Number);
const point = z.object({
  attributes,
  asInt: number.optional(),
  asDouble: number.optional(),
  count: number.optional(),
  sum: number.optional(),
  bucketCounts: z.array(number).optional(),
  explicitBounds: z.array(number).optional(),
});
const points = z.object({ dataPoints: z.array(point).default([]) });
const metric = z.object({
  name: z.string(),
  unit: z.string().default(''),
  gauge: points.optional(),
  sum: points.extend({ isMonotonic: z.boolean().optional() }).optional(),
  histogram: points.optional(),
});

/** A request to /v1/metrics in OTLP's JSON encoding, as far as it is used here. */
export const metricsRequest = z.object({
  resourceMetrics: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeMetrics: z.array(z.object({ metrics: z.array(metric) })),
    }),
  ),
});

/** One time series, as it was exported last. */
export interface ReceivedSeries {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'histogram' | 'counter' | 'gauge';
  readonly resource: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly point: z.output<typeof point>;
}

export function seriesIn(request: z.output<typeof metricsRequest>): ReceivedSeries[] {
  return request.resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
    const of = { resource: plain(resource.attributes) };
    return scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ name, unit, gauge, sum, histogram }) => {
        const kind = histogram ? ('histogram' as const) : sum?.isMonotonic === true ? ('counter' as const) : 'gauge';
        const all = (histogram ?? sum ?? gauge)?.dataPoints ?? [];
        return all.map((one) => ({ ...of, name, unit, kind, attributes: plain(one.attributes), point: one }));
      });
  });
}

/** Attribute → its value as text. */
export function plain(list: z.output<typeof attributes>): Record<string, string> {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, intValue, doubleValue, boolValue } }) => [
      key,
      String(stringValue ?? intValue ?? doubleValue ?? boolValue),
    ]),
  );
}

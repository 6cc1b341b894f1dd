import { metrics } from '@opentelemetry/api';
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

/** One time series at the time of `collect`. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of a histogram, how many values it has. */
  readonly value: number;
}

class OnDemand extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Collects metrics in this process, as an SDK that was started with it would. To be called before what is measured is
 * made; instruments that were made before do nothing.
 */
export function collectMeters() {
  const reader = new OnDemand();
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return {
    /** One export. */
    async collect(): Promise<Series[]> {
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw new AggregateError(errors, 'some metrics could not be collected');
      return resourceMetrics.scopeMetrics
        .flatMap((scope) => scope.metrics)
        .flatMap(({ descriptor: { name, unit }, dataPoints }) =>
          (dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, value }) => ({
            name,
            unit,
            attributes,
            value: typeof value === 'number' ? value : value.count,
          })),
        );
    },
    async stop(): Promise<void> {
      metrics.disable();
      await provider.shutdown();
    },
  };
}

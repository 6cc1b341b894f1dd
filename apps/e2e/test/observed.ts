import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MetricsReceiver, OVERLAY, Prometheus } from '@dozen/observability';

const METER = fileURLToPath(new URL('./fixtures/meter.mjs', import.meta.url));

/** Where the system under test sends its metrics, and the Prometheus that gets them, if one is installed. */
export class Observed {
  private constructor(
    readonly receiver: MetricsReceiver,
    readonly prometheus: Prometheus | undefined,
  ) {}

  static async start(root: string, dir: string): Promise<Observed> {
    const receiver = await MetricsReceiver.start();
    if (!Prometheus.installed()) return new Observed(receiver, undefined);
    await mkdir(dir, { recursive: true });
    const target = new URL(receiver.url).host;
    const rules = join(root, OVERLAY, 'prometheus', 'rules.yml');
    return new Observed(receiver, await Prometheus.start({ dir, target, rules }));
  }

  /** For every process of a service. */
  environment(service: string): Record<string, string> {
    return {
      NODE_OPTIONS: `--import=${METER}`,
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: this.receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    };
  }

  async stop(): Promise<void> {
    await this.prometheus?.stop();
    await this.receiver.stop();
  }
}

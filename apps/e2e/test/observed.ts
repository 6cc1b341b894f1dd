import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OtlpReceiver, OVERLAY, Prometheus } from '@dozen/observability';

/** Where the system under test sends its metrics and spans, and the Prometheus that gets them, if one is installed. */
export class Observed {
  private constructor(
    readonly receiver: OtlpReceiver,
    readonly prometheus: Prometheus | undefined,
  ) {}

  static async start(root: string, dir: string): Promise<Observed> {
    const receiver = await OtlpReceiver.start();
    if (!Prometheus.installed()) return new Observed(receiver, undefined);
    await mkdir(dir, { recursive: true });
    const target = new URL(receiver.url).host;
    const rules = join(root, OVERLAY, 'prometheus', 'rules.yml');
    return new Observed(receiver, await Prometheus.start({ dir, target, rules }));
  }

  /** For every process of a service. */
  get environment(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: this.receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '1000',
      OTEL_BSP_SCHEDULE_DELAY: '500',
    };
  }

  async stop(): Promise<void> {
    await this.prometheus?.stop();
    await this.receiver.stop();
  }
}

import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  defaultResource,
  hostDetector,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { WantedSignals } from './wanted.js';

/** Starts what is wanted; exporters, samplers and limits are as the standard's variables say. */
export function startSdk(wanted: WantedSignals, env: NodeJS.ProcessEnv): void {
  const sdk = new NodeSDK({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': nameOfPackage(process.argv[1]),
        'service.version': env['RELEASE_ID'] || 'dev',
        'deployment.environment.name': env['NODE_ENV'] || 'production',
        'dozen.process.types': env['PROCESS_TYPES'] || 'all',
      }),
    ),
    // Resource attributes of the process are left out: its command line holds what an operator typed. Attributes of the
    // environment come last, and win.
    resourceDetectors: [serviceInstanceIdDetector, hostDetector, resourceAttributesEnvDetector, serviceNameEnvDetector],
    // Logs are a stream on stdout (twelve-factor XI).
    logRecordProcessors: [],
    ...(wanted.traces ? {} : { spanProcessors: [] }),
    ...(wanted.metrics ? {} : { metricReaders: [] }),
  });
  sdk.start();
}

/** `orders` for `…/apps/orders/dist/main.js`: the name, without scope, of the package two folders up. */
function nameOfPackage(entry: string | undefined): string {
  if (entry === undefined) return 'unknown_service';
  try {
    const manifest = join(dirname(realpathSync(entry)), '..', 'package.json');
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
    return name.replace(/^@[^/]*\//, '');
  } catch {
    // The process was started in another way than our services are. OTEL_SERVICE_NAME can still name it.
    return 'unknown_service';
  }
}

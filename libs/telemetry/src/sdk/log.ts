import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Logger } from '../log/logger.js';

/** Logs what the SDK complains of, such as a collector that does not answer, in the service's own log. */
export function logSdkTo(logger: Logger): void {
  const warn = (message: string): void => logger.warn({ reason: message }, 'telemetry: the SDK reports a problem');
  const nothing = (): void => undefined;
  diag.setLogger(
    { error: warn, warn, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

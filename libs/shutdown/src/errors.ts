import { DozenError } from '@dozen/kernel';

/**
 * Every code that this library throws; all are mistakes of the programmer, found at start.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | HEALTH-DUPLICATE | start | Two checks of one kind have the same name, or a readiness check has the name `started` or `draining`. | Give the check another name: this is a mistake of a developer. |
 * | HEALTH-UNKNOWN | start | A liveness check depends on a readiness check that does not exist. | Register the readiness check, or correct its name in `whileReady`: this is a mistake of a developer. |
 */
export type ShutdownErrorCode = 'HEALTH-DUPLICATE' | 'HEALTH-UNKNOWN';

export function shutdownError(code: ShutdownErrorCode, message: string): DozenError {
  return new DozenError(code, message);
}

import { DozenError } from '@dozen/kernel';

/** Every code that this library throws; all are mistakes of the programmer, found at start. */
export const SHUTDOWN_ERRORS = {
  'HEALTH-DUPLICATE': 'Two checks of one kind have the same name.',
  'HEALTH-UNKNOWN': 'A liveness check depends on a readiness check that does not exist.',
} as const;

export function shutdownError(code: keyof typeof SHUTDOWN_ERRORS, message: string): DozenError {
  return new DozenError(code, message);
}

import { DozenError } from '@dozen/kernel';

/** Every way in which running the system on one machine fails. The codes of its servers are BACKING-…. */
export const DemoCode = {
  usage: 'DEMO-USAGE',
  notBuilt: 'DEMO-NOT-BUILT',
  portTaken: 'DEMO-PORT-TAKEN',
  admin: 'DEMO-ADMIN',
  processEnded: 'DEMO-PROCESS-ENDED',
  notReady: 'DEMO-NOT-READY',
  order: 'DEMO-ORDER',
} as const;
export type DemoCode = (typeof DemoCode)[keyof typeof DemoCode];

export class DemoError extends DozenError {
  override readonly name: string = 'DemoError';
  declare readonly code: DemoCode;
}

/** One message with all that a person needs: what happened, what to do, how the log ended. */
export function demoError(
  code: DemoCode,
  failure: {
    what: string;
    todo: string;
    lines?: readonly string[];
    logFile?: string;
    details?: Record<string, unknown>;
  },
): DemoError {
  const { what, todo, lines = [], logFile = 'its log', details = {} } = failure;
  const quoted = lines.length === 0 ? [] : [`Last lines of ${logFile}:`, ...lines.map((line) => `  ${line}`)];
  return new DemoError(code, [what, todo, ...quoted].join('\n'), { details });
}

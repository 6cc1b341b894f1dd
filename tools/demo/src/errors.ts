import { DozenError } from '@dozen/kernel';

/**
 * Every way in which running the system on one machine fails. The codes of its servers are BACKING-….
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | DEMO-USAGE | command | An option of `npm start` or `npm run load` is unknown or wrong. | Read the list of options in the message. |
 * | DEMO-NOT-BUILT | command | A service or tool is not built. | Run `npm start`, which builds, or `npm run build`. |
 * | DEMO-PORT-TAKEN | command | Another process listens on the port that `--port` names. | End that process, or leave `--port` out to take a free one. |
 * | DEMO-ADMIN | command | An admin process of a service, such as `migrate` or `seed`, failed. | Read its last lines, which the message quotes. |
 * | DEMO-PROCESS-ENDED | command | A process of the system ended by itself. | Read its last lines, which the message quotes. |
 * | DEMO-NOT-READY | command | A process of the system did not get ready in time. | Read the reason in the message, and the log that it names. |
 * | DEMO-ORDER | command | The order that is placed as a proof was refused, or was not confirmed. | Search the logs of the services for the id of the order. |
 */
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

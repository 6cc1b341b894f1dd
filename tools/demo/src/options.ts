import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { DemoCode, demoError } from './errors.js';
import { ROOT } from './layout.js';

export interface DemoOptions {
  readonly dir: string;
  /** Forget the data of earlier runs. */
  readonly fresh: boolean;
  /** End after the first order, with 0 if it was confirmed. */
  readonly once: boolean;
  /** The gateway's port when it is asked for. */
  readonly port?: number;
}

export const USAGE = `npm start -- [--once] [--fresh] [--port N] [--dir D]
  --once     end after the first order: 0 when it was confirmed, else 1 with the reason
  --fresh    forget the data of earlier runs
  --port N   the gateway's port (without it 3000 when that is free, else any free one)
  --dir D    where data, logs and mails are (without it .dozen)`;

/** Throws DEMO-USAGE. */
export function readOptions(args: readonly string[]): DemoOptions {
  const { dir, fresh, once, port } = parse(args);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw usage(`--port ${port} is no port: it is a number from 1 to 65535.`);
  }
  return {
    dir: dir ?? join(ROOT, '.dozen'),
    fresh: fresh ?? false,
    once: once ?? false,
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        dir: { type: 'string' },
        fresh: { type: 'boolean' },
        once: { type: 'boolean' },
        port: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function usage(what: string): Error {
  return demoError(DemoCode.usage, { what, todo: USAGE });
}

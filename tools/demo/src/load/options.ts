import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DemoCode, demoError } from '../errors.js';
import { ROOT } from '../layout.js';

/** What a customer of each kind does; `cancel` cancels the order at once. */
export const KINDS = ['ok', 'declined', 'slow', 'flaky', 'timeout', 'cancel'] as const;
export type Kind = (typeof KINDS)[number];

export interface LoadOptions {
  /** Orders per second, all kinds together. */
  readonly rate: number;
  /** In turn; a kind that stands twice comes twice as often. */
  readonly mix: readonly Kind[];
  /** Undefined: until it is stopped. */
  readonly seconds: number | undefined;
  readonly url: string;
  readonly tokenFile: string;
}

export const LOAD_USAGE = `npm run load -- [--rate N] [--mix K,K,…] [--seconds N] [--url U] [--dir D]
  --rate N      orders per second (without it 10)
  --mix K,…     ${KINDS.join(', ')}, in turn; twice for twice as often (without it ok)
  --seconds N   ends after so long (without it at Ctrl-C)
  --url U       the gateway (without it http://127.0.0.1:3000)
  --dir D       where the running system keeps its token (without it .dozen)`;

/** Throws DEMO-USAGE. */
export function readLoadOptions(args: readonly string[]): LoadOptions {
  const { rate, mix, seconds, url, dir } = parse(args);
  return {
    rate: number('--rate', rate ?? '10'),
    mix: (mix ?? 'ok').split(',').map(kindOf),
    seconds: seconds === undefined ? undefined : number('--seconds', seconds),
    url: url ?? 'http://127.0.0.1:3000',
    tokenFile: join(dir ?? join(ROOT, '.dozen'), 'token'),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { rate: text, mix: text, seconds: text, url: text, dir: text } })
      .values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function kindOf(name: string): Kind {
  const kind = KINDS.find((known) => known === name.trim());
  if (kind === undefined) throw usage(`--mix: there is no kind ${name}.`);
  return kind;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10_000)) throw usage(`${option} ${text} is no number above 0, up to 10000.`);
  return value;
}

function usage(what: string): Error {
  return demoError(DemoCode.usage, { what, todo: LOAD_USAGE });
}

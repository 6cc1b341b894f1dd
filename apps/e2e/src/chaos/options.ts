import { parseArgs } from 'node:util';
import { SERVICE_NAMES } from '@dozen/manifest';
import type { ChaosOptions } from './run-chaos.js';
import { FAULT_KINDS } from './schedule.js';

export interface CommandLine extends Omit<ChaosOptions, 'dir' | 'signal' | 'log'> {
  /** Print the schedule and do nothing. */
  readonly dryRun: boolean;
  /** Keep the evidence of a run without violations, too. */
  readonly keep: boolean;
}

/** Sessions, leases and backoffs at their longest, and then the backlog at the pace of recovery. */
const SETTLE_MS = 180_000;
const SETTLE_MS_PER_ORDER = 20;

export const USAGE = `npm run chaos -- [--orders N] [--faults N] [--seed S] [--only KINDS] [--strike SERVICES] [--settle S] [--fail-fast] [--dry-run] [--keep]
  --orders N   orders to place, by REST and by Kafka (without it 500)
  --faults N   faults to inject (without it 20)
  --seed S     the same seed gives the same schedule (without it a new one, printed)
  --only K,K   kinds of faults to draw from (without it all: ${FAULT_KINDS.join(', ')})
  --strike S,S services whose processes and tables are struck (without it all)
  --settle S   seconds until all must be right after the load (without it 180, and 20 more per 1000 orders)
  --fail-fast  wait no longer once something is broken that no waiting mends
  --dry-run    print the schedule and do nothing
  --keep       keep logs and ledger of a run without violations, too`;

/** Throws UsageError. */
export function readCommandLine(args: readonly string[], newSeed: () => number): CommandLine {
  const { orders, faults, seed, only, strike, settle, ...flags } = parse(args);
  const count = whole('--orders', orders, 500);
  return {
    orders: count,
    faults: whole('--faults', faults, 20),
    seed: seed === undefined ? newSeed() : whole('--seed', seed, 0),
    kinds: chosen('--only', only, FAULT_KINDS),
    services: chosen('--strike', strike, SERVICE_NAMES),
    settleMs: settle === undefined ? SETTLE_MS + count * SETTLE_MS_PER_ORDER : whole('--settle', settle, 0) * 1000,
    failFast: flags['fail-fast'] ?? false,
    dryRun: flags['dry-run'] ?? false,
    keep: flags.keep ?? false,
  };
}

export class UsageError extends Error {
  constructor(what: string) {
    super(`${what}\n${USAGE}`);
  }
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} ${text} is no whole number from 0 to 999999999.`);
  return Number(text);
}

function chosen<T extends string>(name: string, text: string | undefined, known: readonly T[]): readonly T[] {
  if (text === undefined) return known;
  return text.split(',').map((wanted) => {
    const found = known.find((one) => one === wanted);
    if (found === undefined) throw new UsageError(`${name} ${wanted} is none of ${known.join(', ')}.`);
    return found;
  });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        orders: { type: 'string' },
        faults: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        strike: { type: 'string' },
        settle: { type: 'string' },
        'fail-fast': { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        keep: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

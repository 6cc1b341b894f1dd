import { chosen, readArgs, wholeOption } from '@dozen/backing';
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

const OPTIONS = {
  orders: { type: 'string' },
  faults: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  strike: { type: 'string' },
  settle: { type: 'string' },
  'fail-fast': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  keep: { type: 'boolean' },
} as const;

/** Throws UsageError. */
export function readCommandLine(args: readonly string[], newSeed: () => number): CommandLine {
  const { orders, faults, seed, only, strike, settle, ...flags } = readArgs({ args, options: OPTIONS }).values;
  const count = wholeOption('--orders', orders, 500);
  return {
    orders: count,
    faults: wholeOption('--faults', faults, 20),
    seed: seed === undefined ? newSeed() : wholeOption('--seed', seed, 0),
    kinds: chosen('--only', only?.split(',') ?? [], FAULT_KINDS),
    services: chosen('--strike', strike?.split(',') ?? [], SERVICE_NAMES),
    settleMs:
      settle === undefined ? SETTLE_MS + count * SETTLE_MS_PER_ORDER : wholeOption('--settle', settle, 0) * 1000,
    failFast: flags['fail-fast'] ?? false,
    dryRun: flags['dry-run'] ?? false,
    keep: flags.keep ?? false,
  };
}

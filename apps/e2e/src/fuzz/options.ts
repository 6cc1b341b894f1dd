import { chosen, readArgs, UsageError, wholeOption } from '@dozen/backing';
import { CASE_KINDS, type CaseKind } from './seeds.js';

/** What is to be made again: one case, or smaller by a path, or a row of cases (of records, which are sent together). */
export interface Replay {
  readonly kind: CaseKind;
  readonly from: number;
  /** Included. */
  readonly to: number;
  /** fast-check's path; only for one case. */
  readonly path: string | undefined;
}

export interface CommandLine {
  readonly cases: number;
  readonly seed: number;
  readonly kinds: readonly CaseKind[];
  readonly replay: Replay | undefined;
  /** Stop at the first finding. */
  readonly failFast: boolean;
  /** Keep logs of a run without findings, too. */
  readonly keep: boolean;
}

const CASES = 5_000;

export const USAGE = `npm run fuzz -- [--cases N] [--seed S] [--only http|kafka] [--replay CASE] [--fail-fast] [--keep]
  --cases N      requests and records to send (without it ${CASES})
  --seed S       the same seed gives the same cases (without it a new one, printed)
  --only K       http or kafka (without it both, half of the cases each)
  --replay CASE  send one case again, as a finding names it: http:17, http:17:0:2, kafka:40-79
  --fail-fast    stop at the first finding
  --keep         keep the logs of a run without findings, too`;

const OPTIONS = {
  cases: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  replay: { type: 'string' },
  'fail-fast': { type: 'boolean' },
  keep: { type: 'boolean' },
} as const;

/** Throws UsageError. */
export function readCommandLine(args: readonly string[], newSeed: () => number): CommandLine {
  const { cases, seed, only, replay, ...flags } = readArgs({ args, options: OPTIONS }).values;
  if (replay !== undefined && seed === undefined) throw new UsageError('--replay needs the --seed of its run.');
  return {
    cases: wholeOption('--cases', cases, CASES),
    seed: seed === undefined ? newSeed() : wholeOption('--seed', seed, 0),
    kinds: chosen('--only', only === undefined ? [] : [only], CASE_KINDS),
    replay: replay === undefined ? undefined : readReplay(replay),
    failFast: flags['fail-fast'] ?? false,
    keep: flags.keep ?? false,
  };
}

/** The inverse of `showReplay`. Throws UsageError. */
export function readReplay(text: string): Replay {
  const [, name, from, to, path] = /^(http|kafka):(\d{1,9})(?:-(\d{1,9}))?(?::(\d+(?::\d+)*))?$/.exec(text) ?? [];
  const kind = CASE_KINDS.find((known) => known === name);
  if (kind === undefined || from === undefined) throw new UsageError(`--replay ${text} names no case.`);
  const last = Number(to ?? from);
  if (last < Number(from)) throw new UsageError(`--replay ${text}: the last case is before the first.`);
  if (path !== undefined && to !== undefined) throw new UsageError(`--replay ${text}: a path is of one case.`);
  return { kind, from: Number(from), to: last, path };
}

export function showReplay({ kind, from, to, path }: Replay): string {
  return `${kind}:${from}${to === from ? '' : `-${to}`}${path === undefined ? '' : `:${path}`}`;
}

/** The one command that shows a finding again. */
export function commandOf(seed: number, replay: Replay): string {
  return `npm run fuzz -- --seed ${seed} --replay ${showReplay(replay)}`;
}

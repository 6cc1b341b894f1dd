import { Random } from './random.js';

/**
 * What can be done to the system, and for how long (ms, from and to).
 *
 * | fault | what happens | why these times |
 * |---|---|---|
 * | kill | SIGKILL of a service process, started again after the time | a platform's restart |
 * | freeze | SIGSTOP of a service process, SIGCONT after the time | past relay lease (5 s) and consumer session (6 s), or just under |
 * | roll | SIGTERM and start again, both processes of a service one after the other | a deploy; the time is what lies between them |
 * | kafka-kill, postgres-kill | SIGKILL, started again after the time | a crash of a backing service |
 * | kafka-freeze, postgres-freeze | SIGSTOP, SIGCONT after the time | a stalled disk or a paused machine |
 * | postgres-cut | every open connection is reset, at once | a failover, a firewall |
 * | postgres-refuse | open connections are reset, new ones refused | a network split |
 * | postgres-slow | each packet is late | a loaded network |
 * | poison | a command that no service can read | a stranger's bug; becomes a dead letter, planned |
 */
export const FAULTS = {
  kill: { from: 200, to: 2_000 },
  freeze: { from: 4_000, to: 10_000 },
  roll: { from: 200, to: 1_000 },
  'kafka-kill': { from: 200, to: 2_000 },
  'kafka-freeze': { from: 1_000, to: 8_000 },
  'postgres-kill': { from: 200, to: 2_000 },
  'postgres-freeze': { from: 1_000, to: 8_000 },
  'postgres-cut': { from: 0, to: 0 },
  'postgres-refuse': { from: 500, to: 3_000 },
  'postgres-slow': { from: 2_000, to: 5_000 },
  poison: { from: 0, to: 0 },
} as const;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Services whose processes are struck, and how many processes each has. */
export const STRUCK = ['gateway', 'orders', 'billing', 'notifier'] as const;
export const INSTANCES = 2;

export interface Fault {
  /** ms after the load began. */
  readonly at: number;
  readonly kind: FaultKind;
  /** For faults of one service. */
  readonly service: (typeof STRUCK)[number];
  readonly instance: number;
  /** ms. */
  readonly lasts: number;
}

const QUIET_BEFORE_MS = 2_000;
const GAP_MS = { from: 1_000, to: 4_000 };
/** Two clocks that are wrong in different directions still differ by less than the five minutes that consumers allow. */
const SKEW_MS = { from: 60_000, to: 140_000 };

/**
 * The faults in the order of their start: a pure function of seed, count and kinds. Kinds are dealt from a shuffled deck, so
 * that every kind comes before any comes twice. Faults may overlap: a service killed while PostgreSQL is frozen.
 */
export function scheduleOf(options: {
  readonly seed: number;
  readonly faults: number;
  readonly kinds: readonly FaultKind[];
}): Fault[] {
  const random = new Random(options.seed);
  let deck: FaultKind[] = [];
  let at = QUIET_BEFORE_MS;
  return Array.from({ length: options.faults }, () => {
    if (deck.length === 0) deck = random.shuffle(options.kinds);
    const kind = deck.pop() ?? 'kill';
    const { from, to } = FAULTS[kind];
    const fault: Fault = {
      at,
      kind,
      service: random.pick(STRUCK),
      instance: random.int(0, INSTANCES - 1),
      lasts: random.int(from, to),
    };
    at += random.int(GAP_MS.from, GAP_MS.to);
    return fault;
  });
}

/** By how much the clock of each service's second process is off, in ms: one to two minutes and a third, either way. */
export function clockSkews(seed: number): Readonly<Record<(typeof STRUCK)[number], number>> {
  const random = new Random(seed);
  const skew = (): number => random.pick([-1, 1]) * random.int(SKEW_MS.from, SKEW_MS.to);
  return { gateway: skew(), orders: skew(), billing: skew(), notifier: skew() };
}

/** When the last fault is over, in ms after the load began. */
export function spanOf(schedule: readonly Fault[]): number {
  return Math.max(QUIET_BEFORE_MS, ...schedule.map(({ at, lasts }) => at + lasts));
}

/** What a fault strikes: faults with the same target wait for each other. */
export function targetOf({ kind, service, instance }: Fault): string {
  switch (kind) {
    case 'kill':
    case 'freeze':
      return `${service}-${instance + 1}`;
    case 'roll':
      return service;
    default:
      return kind.split('-')[0] ?? kind;
  }
}

export function describeFault(fault: Fault): string {
  const time = fault.lasts === 0 ? '' : ` for ${fault.lasts} ms`;
  return `${(fault.at / 1000).toFixed(1).padStart(6)} s  ${fault.kind.padEnd(15)} ${targetOf(fault)}${time}`;
}

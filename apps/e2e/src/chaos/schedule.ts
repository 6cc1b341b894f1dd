import { ofEach, SERVICE_NAMES, type ServiceName } from '@dozen/manifest';
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
 * | postgres-cut, kafka-cut | every open connection of the services is reset, at once | a failover, a firewall |
 * | postgres-refuse, kafka-refuse | open connections are reset, new ones refused | a network split |
 * | postgres-slow, kafka-slow | each packet is late | a loaded network |
 * | postgres-lock | a transaction of somebody else holds one messaging table of a service, again and again, each time for less than a request waits for a lock (2 s) | a person, a backup |
 * | long-lock | a transaction of somebody else holds the table that a service's handlers write, for longer than a batch waits for a lock (8 s) | a report, an ALTER TABLE |
 * | poison-command | a command that nobody can read, fixed, discarded or left after the time | a bug of an external producer |
 * | poison-event | events that nobody can read, ahead of the real ones of new orders; fixed or discarded after the time | a bug in another service |
 * | handover | the same, while their partitions go from one gateway to another that has just started: for the time neither can claim them, then both at once | a batch that takes long while a deploy moves its partition |
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
  'kafka-cut': { from: 0, to: 0 },
  'kafka-refuse': { from: 500, to: 3_000 },
  'kafka-slow': { from: 2_000, to: 5_000 },
  'postgres-lock': { from: 3_000, to: 8_000 },
  'long-lock': { from: 9_000, to: 10_000 },
  'poison-command': { from: 1_000, to: 4_000 },
  'poison-event': { from: 2_000, to: 8_000 },
  handover: { from: 5_000, to: 7_000 },
} as const;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Processes of each service. */
export const INSTANCES = 2;

export interface Fault {
  /** ms after the load began. */
  readonly at: number;
  readonly kind: FaultKind;
  /** For faults of one service. */
  readonly service: ServiceName;
  readonly instance: number;
  /** ms. */
  readonly lasts: number;
  /** For faults that have variants: what each draws its own from. */
  readonly seed: number;
}

const MOST_SEEDS = 0xffff;
const QUIET_BEFORE_MS = 2_000;
const GAP_MS = { from: 1_000, to: 4_000 };
/** Two clocks that are wrong in different directions still differ by less than the five minutes that consumers allow. */
const SKEW_MS = { from: 60_000, to: 140_000 };

/** What two processes of each service sustain on two cores beside Kafka, PostgreSQL and the rig, with room for faults. */
const ORDERS_PER_S = 16;
/** The last fault strikes before the last order is placed. */
const FAULTS_END_AT = 0.95;

/**
 * The faults in the order of their start: a pure function of its arguments. Kinds are dealt from a shuffled deck, so that
 * every kind comes before any comes twice. Faults may overlap: a service killed while PostgreSQL is frozen. Where the
 * orders take longer than the faults, the faults are spread over them.
 */
export function scheduleOf(options: {
  readonly seed: number;
  readonly faults: number;
  readonly kinds: readonly FaultKind[];
  readonly orders: number;
  /** Services to strike. */
  readonly services?: readonly ServiceName[];
}): Fault[] {
  const { services = SERVICE_NAMES } = options;
  const random = new Random(options.seed);
  let deck: FaultKind[] = [];
  let at = QUIET_BEFORE_MS;
  const faults = Array.from({ length: options.faults }, () => {
    if (deck.length === 0) deck = random.shuffle(options.kinds);
    const kind = deck.pop() ?? 'kill';
    const { from, to } = FAULTS[kind];
    const fault: Fault = {
      at,
      kind,
      service: random.pick(services),
      instance: random.int(0, INSTANCES - 1),
      lasts: random.int(from, to),
      seed: random.int(0, MOST_SEEDS),
    };
    at += random.int(GAP_MS.from, GAP_MS.to);
    return fault;
  });
  const wider = Math.max(1, (loadMs(options.orders) * FAULTS_END_AT) / at);
  return faults.map((fault) => ({ ...fault, at: Math.round(fault.at * wider) }));
}

/** How long placing so many orders takes at least, in ms. */
function loadMs(orders: number): number {
  return (orders / ORDERS_PER_S) * 1000;
}

/** By how much the clock of each service's second process is off, in ms: one to two minutes and a third, either way. */
export function clockSkews(seed: number): Readonly<Record<ServiceName, number>> {
  const random = new Random(seed);
  return ofEach(() => random.pick([-1, 1]) * random.int(SKEW_MS.from, SKEW_MS.to));
}

/** When the last order is placed and the last fault is over, in ms after the load began. */
export function spanOf(schedule: readonly Fault[], orders: number): number {
  return Math.max(QUIET_BEFORE_MS, loadMs(orders), ...schedule.map(({ at, lasts }) => at + lasts));
}

/** What a fault strikes: faults with the same target wait for each other. */
export function targetOf({ kind, service, instance, seed }: Fault): string {
  switch (kind) {
    case 'kill':
    case 'freeze':
      return `${service}-${instance + 1}`;
    case 'roll':
      return service;
    case 'postgres-lock':
    case 'long-lock':
      return `a table of ${service}`;
    case 'handover':
      return 'gateway';
    case 'poison-command':
    case 'poison-event':
      // They strike nobody's process: any number may be under way.
      return `${kind} ${seed}`;
    default:
      return kind.split('-')[0] ?? kind;
  }
}

export function describeFault(fault: Fault): string {
  const time = fault.lasts === 0 ? '' : ` for ${fault.lasts} ms`;
  return `${(fault.at / 1000).toFixed(1).padStart(6)} s  ${fault.kind.padEnd(15)} ${targetOf(fault)}${time}`;
}

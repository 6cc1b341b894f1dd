import { SERVICE_NAMES } from '@dozen/manifest';
import { aligned } from '../aligned.js';
import type { Deliveries } from './deliveries.js';
import type { Load } from './load.js';
import type { Restart } from './restarts.js';

/** The longest time that a partition may have no reader in a restart. */
const MOVE_WITHIN_MS = 3_000;

export interface RollingResult {
  readonly restarts: readonly Restart[];
  readonly load: Pick<Load, 'accepted' | 'streams' | 'requests' | 'failed' | 'told'>;
  /** Requests that the balancer sent again. */
  readonly repeated: number;
  readonly deliveries: readonly Deliveries[];
  /** Sentences of the judge. */
  readonly violations: readonly string[];
  /** Processes that ended by themselves. */
  readonly ended: readonly string[];
}

export interface Check {
  readonly name: string;
  /** Empty when it holds. */
  readonly faults: readonly string[];
}

export function checksOf(result: RollingResult): Check[] {
  const { restarts, load, deliveries, violations, ended } = result;
  const slow = restarts.filter(({ movedMs, joinedMs }) => Math.max(movedMs, joinedMs) > MOVE_WITHIN_MS);
  const gateways = restarts.filter(({ process }) => process.startsWith('gateway')).length;
  const bad = restarts.filter(({ end }) => end !== 'exit 0');
  return [
    { name: 'no request failed', faults: load.failed },
    { name: 'no event stream had a gap or a repeat', faults: load.streams.flatMap(({ faults }) => faults) },
    {
      name: 'event streams were cut by restarts and resumed',
      faults: load.streams.some(({ resumed }) => resumed > 0) ? [] : ['none was'],
    },
    {
      name: 'held connections were told to go elsewhere',
      faults: load.told >= gateways ? [] : [`${load.told} times in ${gateways} restarts of gateways`],
    },
    { name: 'no order was lost, no effect happened twice', faults: violations },
    {
      name: 'no message was delivered again',
      faults: deliveries
        .filter(({ again }) => again.length > 0)
        .map(
          ({ service, again }) =>
            `${service}: ${again.length}, the first at ${new Date(Math.min(...again)).toISOString()}`,
        ),
    },
    {
      name: `partitions moved within ${MOVE_WITHIN_MS / 1000} s`,
      faults: slow.map(({ process, movedMs, joinedMs }) => `${process}: ${ms(movedMs)} away, ${ms(joinedMs)} back`),
    },
    { name: 'every process ended with 0', faults: bad.map(({ process, end }) => `${process}: ${end}`) },
    { name: 'no process ended by itself', faults: ended },
  ];
}

const HEADER = [
  'service',
  'restarts',
  'exit 0',
  'drain p50/max',
  'moved p50/max',
  'joined p50/max',
  'ready p50/max',
  'messages',
  'redelivered left/joined',
];

/** The one table of a run, for people. */
export function reportOf({ restarts, load, repeated, deliveries }: RollingResult): string {
  const rows = SERVICE_NAMES.map((service) => {
    const mine = restarts.filter(({ process }) => process.replace(/-\d+$/, '') === service);
    const { messages = 0, again = [] } = deliveries.find((one) => one.service === service) ?? {};
    const spread = (of: (restart: Restart) => number): string => spreadOf(mine.map(of));
    return [
      service,
      String(mine.length),
      String(mine.filter(({ end }) => end === 'exit 0').length),
      spread(({ drainMs }) => drainMs),
      spread(({ movedMs }) => movedMs),
      spread(({ joinedMs }) => joinedMs),
      spread(({ readyMs }) => readyMs),
      String(messages),
      redelivered(again, mine),
    ];
  });
  return [...aligned([HEADER, ...rows]), ...sentencesOf(load, repeated)].join('\n');
}

function sentencesOf({ requests, streams, failed, told }: RollingResult['load'], repeated: number): string[] {
  const { order, wait, read, held, stream, kafka } = requests;
  const resumed = streams.reduce((sum, one) => sum + one.resumed, 0);
  const events = streams.reduce((sum, one) => sum + one.events, 0);
  return [
    `requests: ${order + stream} orders, ${wait} orders with Prefer: wait, ${read + held} reads, ${kafka} commands by Kafka; ${failed.length} failed, ${repeated} repeated on a fresh connection`,
    `held connections: ${held} requests, told ${told} times that they close`,
    `event streams: ${streams.length}, ${events} events, resumed ${resumed} times`,
  ];
}

/** How many came again since a process began to leave, and how many since one began to join, whichever was later. */
function redelivered(again: readonly number[], restarts: readonly Restart[]): string {
  const joined = again.filter((at) => {
    const last = restarts.findLast(({ stoppedAt }) => stoppedAt <= at);
    return last !== undefined && at >= last.joinsAt;
  }).length;
  return `${again.length - joined} / ${joined}`;
}

function spreadOf(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${ms(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0)} / ${ms(sorted.at(-1) ?? 0)}`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

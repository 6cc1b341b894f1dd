import { aligned } from '../aligned.js';
import type { Decision } from './poison.js';
import type { ChaosResult } from './run-chaos.js';
import { seconds } from './run-chaos.js';
import { clockSkews } from './schedule.js';

/** The one table of a run, for people. */
export function reportOf(result: ChaosResult): string {
  const { options, ledger, facts, record, parked, schedule, ended, restarted, settleMs, spanMs, violations } = result;
  const { sent, planted } = ledger;
  const accepted = new Set(sent.map(({ orderId }) => orderId));
  const count = (status: string): number =>
    facts.orders.filter((o) => accepted.has(o.id) && o.status === status).length;
  const faults = [...Map.groupBy(schedule, ({ kind }) => kind)].map(([kind, all]) => `${kind} ${all.length}`);
  const decided = (decision: Decision): number =>
    planted.flatMap(({ decisions }) => Object.values(decisions)).filter((made) => made === decision).length;
  const mails = facts.mails.length;
  const mailIds = new Set(facts.mails.map(({ messageId }) => messageId)).size;
  const rows: [string, string][] = [
    ['seed', String(options.seed)],
    ['faults', `${schedule.length}: ${faults.sort().join(', ')}`],
    ['clocks of the second processes', clocksOf(options.seed)],
    ['orders accepted', `${sent.length} (${sent.filter(({ by }) => by !== 'rest').length} by Kafka)`],
    ['final', `${count('confirmed')} confirmed, ${count('rejected')} rejected, ${count('cancelled')} cancelled`],
    ['payments', paymentsOf(facts)],
    ['charges', String(facts.charges.length)],
    ['mails', `${mails}, of which ${mails - mailIds} repeats with the same Message-ID`],
    ['records in the log', record === undefined ? '' : `${record.records}, of which ${record.repeats} were sent twice`],
    [
      'poison',
      `${planted.length} planted: ${decided('fix')} fixed, ${decided('discard')} discarded, ${decided('left')} left`,
    ],
    ['put aside at any time', `${parked}, all planted or behind it unless a violation says so`],
    ['dead letters at the end', String(facts.deadLetters.length)],
    ['processes that ended by themselves', ended.length === 0 ? 'none' : ended.join(', ')],
    ['restarted by their /livez', restarted.length === 0 ? 'none' : restarted.join(', ')],
    ['load and faults', seconds(spanMs)],
    ['until all was right', seconds(settleMs)],
    ['violations', String(violations.length)],
  ];
  return aligned(rows).join('\n');
}

function clocksOf(seed: number): string {
  return Object.entries(clockSkews(seed))
    .map(([service, ms]) => `${service} ${ms > 0 ? '+' : ''}${Math.round(ms / 1000)} s`)
    .join(', ');
}

function paymentsOf({ payments }: ChaosResult['facts']): string {
  const states = [...Map.groupBy(payments, ({ state }) => state)].map(([state, all]) => `${all.length} ${state}`);
  return states.sort().join(', ');
}

import { BUDGET, WHOLE_BUDGET } from './steps.mjs';

const seconds = (ms) => (ms / 1000).toFixed(1);

/** One line for a step that passed; all that it printed for one that did not. */
export function stepLines({ name, ok, ms, output, result, note }) {
  if (ok) return `✓ ${name.padEnd(12)} ${seconds(ms).padStart(6)} s  ${note}${shown(result)}`;
  const rule = '─'.repeat(20);
  return `✗ ${name.padEnd(12)} ${seconds(ms).padStart(6)} s  ${note}\n${rule} ${name}\n${output.trimEnd()}\n${rule} end of ${name}`;
}

/** What a step prints for people, under its line. */
function shown(result) {
  return result === undefined ? '' : `\n${result.trimEnd().replace(/^/gm, '    ')}`;
}

/** The time in which at least one step of a group ran. Groups run beside each other: rows add up to more than the whole. */
function elapsed(outcomes) {
  const spans = outcomes.map(({ at, ms }) => [at, at + ms]).sort(([a], [b]) => a - b);
  let [total, until] = [0, -Infinity];
  for (const [from, to] of spans) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}

export function budgetTable(outcomes, totalMs) {
  const row = (group, ms, budget, members) => [
    group,
    seconds(ms),
    String(budget),
    ms / 1000 > budget ? 'over' : '',
    members.length > 1 ? members.map((member) => `${member.name} ${seconds(member.ms)}`).join(', ') : '',
  ];
  const rows = Object.entries(BUDGET).map(([group, budget]) => {
    const members = outcomes.filter((outcome) => outcome.group === group);
    return row(group, elapsed(members), budget, members);
  });
  const whole = row('whole run', totalMs, WHOLE_BUDGET, []);
  return [['step', 'seconds', 'budget', '', ''], ...rows, whole]
    .map(([step, spent, budget, over, parts]) =>
      `${step.padEnd(18)}${spent.padStart(8)}${budget.padStart(8)}  ${over.padEnd(5)}${parts}`.trimEnd(),
    )
    .join('\n');
}

/**
 * The last line is what tools read: tests of every kind together, and one failure for each check that is red.
 * Before the counts, what failed: a long log is often cut in its middle.
 */
export function countLines(outcomes) {
  const kinds = outcomes.filter(({ counts }) => counts !== undefined);
  const checks = outcomes.filter(({ counts }) => counts === undefined);
  const red = checks.filter(({ ok }) => !ok).length;
  const lines = kinds.map(({ name, counts: { passed, failed, skipped, files } }) => {
    const left = skipped > 0 ? `, ${skipped} skipped` : '';
    return `${name}: ${passed} passed, ${failed} failed${left} in ${files} files`;
  });
  const names = [
    // One that ended badly without a test to blame is named itself.
    ...kinds.flatMap(({ name, ok, counts }) => (ok || counts.red.length > 0 ? counts.red : [name])),
    ...checks.filter(({ ok }) => !ok).map(({ name }) => name),
  ];
  const sum = (key) => kinds.reduce((total, { counts }) => total + counts[key], 0);
  return [
    ...names.map((name) => `✗ ${name}`),
    ...lines,
    `checks: ${checks.length - red} passed, ${red} failed`,
    `${sum('passed')} passed, ${sum('failed') + red} failed`,
  ].join('\n');
}

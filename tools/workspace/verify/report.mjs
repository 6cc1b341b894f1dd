import { BUDGET } from './steps.mjs';

const seconds = (ms) => (ms / 1000).toFixed(1);

/** One line for a step that passed; all that it printed for one that did not. */
export function stepLines({ name, ok, ms, output, note }) {
  if (ok) return `✓ ${name.padEnd(12)} ${seconds(ms).padStart(6)} s  ${note}`;
  const rule = '─'.repeat(20);
  return `✗ ${name.padEnd(12)} ${seconds(ms).padStart(6)} s  ${note}\n${rule} ${name}\n${output.trimEnd()}\n${rule} end of ${name}`;
}

/** Steps of one group may have run beside each other and beside other groups: the rows add up to more than the whole. */
export function budgetTable(outcomes, totalMs) {
  const rows = Object.entries(BUDGET).map(([group, budget]) => {
    const members = outcomes.filter((outcome) => outcome.group === group);
    const spent = members.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    const parts = members.length > 1 ? members.map(({ name, ms }) => `${name} ${seconds(ms)}`).join(', ') : '';
    return [group, spent.toFixed(1), String(budget), spent > budget ? 'over' : '', parts];
  });
  const limit = Object.values(BUDGET).reduce((sum, budget) => sum + budget, 0);
  const whole = totalMs / 1000;
  const total = ['whole run', whole.toFixed(1), String(limit), whole > limit ? 'over' : '', ''];
  const lines = [['step', 'seconds', 'budget', '', ''], ...rows, total].map(([step, spent, budget, over, parts]) =>
    `${step.padEnd(18)}${spent.padStart(8)}${budget.padStart(8)}  ${over.padEnd(5)}${parts}`.trimEnd(),
  );
  return lines.join('\n');
}

/** The last line is what tools read: tests of every kind together, and one failure for each check that is red. */
export function countLines(outcomes) {
  const kinds = outcomes.filter(({ counts }) => counts !== undefined);
  const checks = outcomes.filter(({ counts }) => counts === undefined);
  const red = checks.filter(({ ok }) => !ok).length;
  const lines = kinds.map(({ name, counts: { passed, failed, skipped, files } }) => {
    const left = skipped > 0 ? `, ${skipped} skipped` : '';
    return `${name}: ${passed} passed, ${failed} failed${left} in ${files} files`;
  });
  const sum = (key) => kinds.reduce((total, { counts }) => total + counts[key], 0);
  return [
    ...lines,
    `checks: ${checks.length - red} passed, ${red} failed`,
    `${sum('passed')} passed, ${sum('failed') + red} failed`,
  ].join('\n');
}

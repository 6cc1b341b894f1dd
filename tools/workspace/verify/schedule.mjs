/**
 * Runs steps in the order of the list, at most `slots` at once, each after those that it needs; one that is `alone` waits
 * until nothing else runs. Beside them, and counted by none, runs one `quiet` step at a time; none begins beside a step that
 * is `crowded`. A step whose need failed is skipped. Resolves when none is left.
 * @param {readonly import('./steps.mjs').Step[]} steps
 * @param {{ slots: number, perform: (step: object) => Promise<boolean>, skipped: (step: object) => void, stopped: () => boolean }} options
 */
export async function schedule(steps, { slots, perform, skipped, stopped }) {
  const waiting = [...steps];
  const passed = new Set();
  const failed = new Set();
  const running = new Map();
  const names = new Set(steps.map(({ name }) => name));
  const needs = (step) => (step.after ?? []).filter((name) => names.has(name));
  const free = (step) => {
    const others = [...running.keys()].filter((other) => Boolean(other.quiet) === Boolean(step.quiet));
    if (step.quiet) return others.length === 0 && ![...running.keys()].some(({ crowded }) => crowded);
    return step.alone ? others.length === 0 : others.length < slots && !others.some(({ alone }) => alone);
  };
  const ready = (step) => needs(step).every((name) => passed.has(name)) && free(step);

  while (waiting.length > 0 || running.size > 0) {
    for (const step of waiting.filter((step) => stopped() || needs(step).some((name) => failed.has(name)))) {
      waiting.splice(waiting.indexOf(step), 1);
      failed.add(step.name);
      skipped(step);
    }
    const next = waiting.find(ready);
    if (next !== undefined) {
      waiting.splice(waiting.indexOf(next), 1);
      const work = perform(next).then((ok) => {
        running.delete(next);
        (ok ? passed : failed).add(next.name);
      });
      running.set(next, work);
    } else if (running.size > 0) {
      await Promise.race(running.values());
    }
  }
}

import { resolve } from 'node:path';
import { readCatalogue } from './catalogue.js';
import { overlayFaults } from './faults.js';
import { readOverlay } from './overlay.js';
import { promtoolFaults } from './promtool.js';
import { commandFaults } from './runbook-commands.js';

/** `npm run test:rules`: exits 1 when rules, dashboards, runbooks or their tests are at fault. */
const root = resolve(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const overlay = await readOverlay(root);
const tested = await promtoolFaults(root);
if (tested === undefined) {
  say('skipped: promtool is not installed (apt-get install prometheus), so the rules were read and not tested');
}
const faults = [
  ...overlayFaults(overlay, await readCatalogue(root)),
  ...(await commandFaults(root)),
  ...(tested ?? []),
];
for (const fault of faults) say(fault);
if (faults.length === 0) {
  const { rules, queries, runbooks } = overlay;
  say(`${rules.length} rules, ${queries.length} queries and ${runbooks.length} runbooks agree with docs/telemetry.md`);
}
process.exitCode = faults.length > 0 ? 1 : 0;

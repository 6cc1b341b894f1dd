import { readFile } from 'node:fs/promises';
import { messageOf, pause } from '@dozen/kernel';
import { Customer } from './customer.js';
import { LOAD_USAGE, type LoadOptions, readLoadOptions } from './options.js';
import { Tally } from './tally.js';

const SHOW_EVERY_MS = 1_000;

/** `npm run load`: orders at an even pace against a system that runs, and a live table of what becomes of them. */
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
try {
  await load(readLoadOptions(process.argv.slice(2)), ending.signal);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n${LOAD_USAGE}\n`);
  process.exitCode = 1;
}

/** Places orders whether earlier ones have ended or not, so that a slow system does not lower the load. */
async function load({ rate, mix, seconds, url, tokenFile }: LoadOptions, signal: AbortSignal): Promise<void> {
  // Read for each request: the running system renews it.
  const token = async (): Promise<string> => (await readFile(tokenFile, 'utf8')).trim();
  await token();
  const customer = new Customer(url, token);
  const tally = new Tally();
  const began = performance.now();
  const show = live(() => tally.table(performance.now() - began));
  const shown = setInterval(show, SHOW_EVERY_MS);
  const last = seconds === undefined ? Infinity : Math.ceil(rate * seconds);
  const running: Promise<void>[] = [];
  for (let n = 0; n < last && !signal.aborted; n += 1) {
    const kind = mix[n % mix.length] ?? 'ok';
    tally.sent(kind);
    const from = performance.now();
    running.push(customer.order(kind).then((outcome) => tally.ended(kind, outcome, performance.now() - from)));
    await pause(Math.max(0, began + ((n + 1) * 1000) / rate - performance.now()), signal);
  }
  if (!signal.aborted) await Promise.all(running);
  clearInterval(shown);
  show();
  // What is still waited for after Ctrl-C is nobody's business any more.
  process.exit();
}

/** Draws the table over the last one on a terminal; elsewhere one below the other. */
function live(table: () => string[]): () => void {
  let drawn = 0;
  return () => {
    const lines = table();
    const up = process.stdout.isTTY && drawn > 0 ? `\u001b[${drawn}A\u001b[J` : '';
    process.stdout.write(`${up}${lines.join('\n')}\n${process.stdout.isTTY ? '' : '\n'}`);
    drawn = lines.length;
  };
}

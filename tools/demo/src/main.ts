import { interruption } from '@dozen/backing';
import { DozenError, messageOf } from '@dozen/kernel';
import { runDemo } from './demo.js';
import { DemoCode } from './errors.js';
import { readOptions } from './options.js';

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;

const show = (line: string): void => void process.stdout.write(`${line}\n`);
const signal = interruption(() => show('Draining already: every process has a deadline.'));

try {
  const options = readOptions(process.argv.slice(2));
  const began = performance.now();
  await runDemo(options, signal, show);
  show(options.once ? `Done in ${((performance.now() - began) / 1000).toFixed(1)} s.` : 'Everything has ended.');
} catch (error) {
  const code = error instanceof DozenError ? error.code : undefined;
  // A stack helps nobody who can act on the message; without a code it is a defect and the stack is the message.
  const text = code === undefined && !signal.aborted && error instanceof Error ? error.stack : messageOf(error);
  process.stderr.write(`\n${code === undefined ? '' : `${code}: `}${text ?? ''}\n`);
  process.exitCode = code === DemoCode.usage ? EXIT_USAGE : 1;
}

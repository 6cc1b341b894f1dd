import { DozenError, messageOf } from '@dozen/kernel';
import { runDemo } from './demo.js';
import { DemoCode } from './errors.js';
import { readOptions } from './options.js';

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;

const show = (line: string): void => void process.stdout.write(`${line}\n`);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (ending.signal.aborted) show('Draining already: every process has a deadline.');
    else ending.abort(new Error(`interrupted by ${signal}`));
  });
}

// tools/bootstrap holds the other end: it was killed, and nobody could end this process any more.
process.on('disconnect', () => ending.abort(new Error('interrupted: the process that started this one is gone')));
process.channel?.unref();

try {
  const options = readOptions(process.argv.slice(2));
  const began = performance.now();
  await runDemo(options, ending.signal, show);
  show(options.once ? `Done in ${((performance.now() - began) / 1000).toFixed(1)} s.` : 'Everything has ended.');
} catch (error) {
  const code = error instanceof DozenError ? error.code : undefined;
  // A stack helps nobody who can act on the message; without a code it is a defect and the stack is the message.
  const text = code === undefined && !ending.signal.aborted && error instanceof Error ? error.stack : messageOf(error);
  process.stderr.write(`\n${code === undefined ? '' : `${code}: `}${text ?? ''}\n`);
  process.exitCode = code === DemoCode.usage ? EXIT_USAGE : 1;
}

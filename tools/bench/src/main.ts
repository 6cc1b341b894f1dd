import { interruption } from '@dozen/backing';
import { readCommandLine, UsageError } from './options.js';
import { writeDocument } from './report/document.js';
import { loadResults, type Results, saveResults } from './results.js';
import { runBenchmarks } from './run.js';

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;

const show = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const signal = interruption();

try {
  const { benchmarks, save, ...options } = readCommandLine(process.argv.slice(2));
  const keep = async (measured: Results): Promise<void> => {
    if (!save) return;
    await saveResults({ ...(await loadResults()), ...measured });
    // As they were saved, rounded: whoever makes the document again gets the same.
    await writeDocument(await loadResults());
    say('wrote docs/benchmarks.json and docs/benchmarks.md');
  };
  if (benchmarks.length === 0) await keep({});
  else {
    await runBenchmarks({
      ...options,
      benchmarks,
      signal,
      say,
      show,
      keep: (name, result) => keep({ [name]: result }),
    });
  }
} catch (error) {
  const known = error instanceof UsageError || signal.aborted;
  process.stderr.write(
    `${error instanceof Error ? ((known ? undefined : error.stack) ?? error.message) : String(error)}\n`,
  );
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1;
}

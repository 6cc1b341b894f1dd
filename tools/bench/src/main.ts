import { runCommandLine } from '@dozen/backing';
import { readCommandLine, USAGE } from './options.js';
import { writeDocument } from './report/document.js';
import { loadResults, type Results, saveResults } from './results.js';
import { runBenchmarks } from './run.js';

await runCommandLine(USAGE, async ({ args, signal, say, progress }) => {
  const { benchmarks, save, ...options } = readCommandLine(args);
  const keep = async (measured: Results): Promise<void> => {
    if (!save) return;
    await saveResults({ ...(await loadResults()), ...measured });
    // As they were saved, rounded: whoever makes the document again gets the same.
    await writeDocument(await loadResults());
    progress('wrote docs/benchmarks.json and docs/benchmarks.md');
  };
  if (benchmarks.length === 0) await keep({});
  else {
    await runBenchmarks({
      ...options,
      benchmarks,
      signal,
      say: progress,
      show: say,
      keep: (name, result) => keep({ [name]: result }),
    });
  }
  return true;
});

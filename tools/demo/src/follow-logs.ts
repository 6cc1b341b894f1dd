import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isSerious, readLogLine } from './log-line.js';
import { POLICY } from './policy.js';

/** A log that is followed from its end on. */
interface Followed {
  readonly name: string;
  readonly file: string;
  offset: number;
  rest: string;
}

/**
 * Shows warnings and errors of the processes, one line each; everything stays in the files. Looks at the files rather
 * than at pipes, so that a process never waits for the launcher and loses nothing when the launcher dies.
 */
export function followLogs(
  sources: readonly { name: string; file: string }[],
  show: (line: string) => void,
): () => void {
  const followed: Followed[] = sources.map(({ name, file }) => ({ name, file, offset: statSync(file).size, rest: '' }));
  const look = (): void => {
    for (const log of followed) {
      for (const line of newLines(log).map(readLogLine)) {
        if (isSerious(line)) show(`${log.name}: ${line.text}`);
      }
    }
  };
  const timer = setInterval(look, POLICY.followMs);
  return () => {
    clearInterval(timer);
    look();
  };
}

function newLines(log: Followed): string[] {
  const { size } = statSync(log.file);
  if (size <= log.offset) return [];
  const buffer = Buffer.alloc(size - log.offset);
  const handle = openSync(log.file, 'r');
  try {
    readSync(handle, buffer, 0, buffer.length, log.offset);
  } finally {
    closeSync(handle);
  }
  log.offset = size;
  const lines = (log.rest + buffer.toString('utf8')).split('\n');
  log.rest = lines.pop() ?? '';
  return lines;
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { errnoOf } from './errors.js';

const TAIL_BYTES = 16 * 1024;

/** The last `count` lines of a log after byte `from`, [] when there is no such file. Reads 16 KiB at most. */
export function lastLines(file: string, count: number, from = 0): string[] {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const size = fstatSync(handle).size;
    const buffer = Buffer.alloc(Math.max(0, Math.min(size - from, TAIL_BYTES)));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count);
  } finally {
    closeSync(handle);
  }
}

/** The log of a run starts empty; the log of the run before stays beside it as `name.previous.log`. */
export async function keepPreviousLog(file: string): Promise<void> {
  await rename(file, file.replace(/\.log$/, '.previous.log')).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
}

import { readFile } from 'node:fs/promises';

/**
 * What a process and all that it started hold, in bytes; pages that they share count once (PSS, which PostgreSQL's buffers
 * need). Linux only.
 */
export async function treeBytes(pid: number): Promise<number> {
  const [memory, started] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'),
  ]);
  const own = Number(/^Pss:\s+(\d+) kB$/m.exec(memory)?.[1]) * 1024;
  const children = await Promise.all(started.split(' ').filter(Boolean).map(Number).map(treeBytes));
  return children.reduce((sum, bytes) => sum + bytes, own);
}

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processExists } from './process-table.js';

const PREFIX = '.work-';

/** A new folder in `parent` for work that is renamed into place when it is whole. Its name holds our pid. */
export async function workFolder(parent: string): Promise<string> {
  const dir = join(parent, `${PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(dir);
  return dir;
}

/** Removes the work folders of processes that are gone. */
export async function clearStaleWork(parent: string): Promise<void> {
  const stale = (await readdir(parent)).filter((name) => {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    return Number.isInteger(pid) && !processExists(pid);
  });
  await Promise.all(stale.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { backingError, BackingCode, fileSystemError } from './errors.js';

const SQLITE_BUSY = 5;

/**
 * One launcher per data folder: a second broker on the same data breaks the first one. Node has no flock, but SQLite
 * takes a kernel lock on its file; the kernel drops it however the holder dies, so that a stale lock cannot exist.
 * Throws BACKING-LOCKED (naming the holder's pid) while another process, or this one, holds it.
 */
export class DataLock {
  private constructor(private readonly database: DatabaseSync) {}

  static acquire(dir: string): DataLock {
    const holderFile = join(dir, 'lock.pid');
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(join(dir, 'lock'));
      database.exec('BEGIN EXCLUSIVE');
      writeFileSync(holderFile, `${process.pid}\n`);
      return new DataLock(database);
    } catch (error) {
      database?.close();
      if (isBusy(error)) {
        const pid = existsSync(holderFile) ? readFileSync(holderFile, 'utf8').trim() : 'that is starting';
        throw backingError(BackingCode.locked, {
          what: `The data in ${dir} is in use by the process ${pid}.`,
          todo: `Stop that one first (Ctrl-C in its terminal, or kill it by that number), or use another folder.`,
          details: { pid, dir },
        });
      }
      throw fileSystemError(error, dir);
    }
  }

  release(): void {
    this.database.close();
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataLock } from './data-lock.js';

describe('DataLock', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is taken once and can be taken again after its release', () => {
    const lock = DataLock.acquire(dir);
    expect(() => DataLock.acquire(dir)).toThrow(
      expect.objectContaining({ code: 'BACKING-LOCKED', details: { pid: String(process.pid), dir } }),
    );
    lock.release();
    DataLock.acquire(dir).release();
  });

  it('is free as soon as its holder was killed, without any clearing', async () => {
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(join(dir, 'lock'))});
      database.exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => undefined, 1000)`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(holder.stdout, 'data');
    expect(() => DataLock.acquire(dir)).toThrow(expect.objectContaining({ code: 'BACKING-LOCKED' }));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    DataLock.acquire(dir).release();
  });
});
